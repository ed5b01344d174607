//! The primitive functions of numbers, one row each.
//!
//! Apart from the numbers because each of them takes its methods from these tables: the trait [`Num`](super::Num) and
//! its page, scalars, lanes, duals, and the tests that walk all functions. What no row can say (constants, choices,
//! whole exponents and orders, `fma`) stands in those files by hand.
//!
//! | where a row says | it is |
//! |---|---|
//! | `f32::exp, f64::exp` | the function of one number of each type, from the standard library, `libm` or `special` |
//! | `polynomial` | lanes take the function of this name in `poly` |
//! | `each` | lanes take the function of one number, lane by lane |
//! | another word | lanes take the method of this name that every register has, in `vector` |
//! | `derivative ..` | the slope, of the argument and of the value, over any number `V` |
//! | `flat` | the slope is 0 wherever there is one |
//! | `by_hand` | the derivative is the function of this name in `slopes`, as are those of two numbers |

/// Functions of one number that are no formula of others: `name(argument) = value`.
macro_rules! of_one {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)*
        /// `eˣ`.
        exp(x) = y: f32::exp, f64::exp, polynomial, derivative y;
        /// `2ˣ`.
        exp2(x) = y: f32::exp2, f64::exp2, polynomial, derivative y * LN_2;
        /// `eˣ - 1`, without cancellation near 0.
        exp_m1(x) = y: f32::exp_m1, f64::exp_m1, polynomial, derivative y + 1.0;
        /// The natural logarithm.
        ln(x) = y: f32::ln, f64::ln, polynomial, derivative x.recip();
        /// The logarithm to base 2.
        log2(x) = y: f32::log2, f64::log2, polynomial, derivative V::c(LOG2_E) / x;
        /// The logarithm to base 10.
        log10(x) = y: f32::log10, f64::log10, polynomial, derivative V::c(LOG10_E) / x;
        /// `ln(1 + x)`, without cancellation near 0.
        ln_1p(x) = y: f32::ln_1p, f64::ln_1p, polynomial, derivative (x + 1.0).recip();
        /// The square root; its derivative at 0 is inf.
        sqrt(x) = y: f32::sqrt, f64::sqrt, root, derivative V::c(0.5) / y;
        /// The cube root, also of negative numbers.
        cbrt(x) = y: f32::cbrt, f64::cbrt, each, derivative (y * y * 3.0).recip();

        /// The sine of an angle in radians.
        sin(x) = y: f32::sin, f64::sin, polynomial, derivative x.cos();
        /// The cosine of an angle in radians.
        cos(x) = y: f32::cos, f64::cos, polynomial, derivative -x.sin();
        /// The tangent of an angle in radians.
        tan(x) = y: f32::tan, f64::tan, each, derivative y.fma(y, V::c(1.0));
        /// The inverse sine, in [-π/2, π/2].
        asin(x) = y: f32::asin, f64::asin, each, derivative ((-x + 1.0) * (x + 1.0)).rsqrt();
        /// The inverse cosine, in [0, π].
        acos(x) = y: f32::acos, f64::acos, each, derivative -((-x + 1.0) * (x + 1.0)).rsqrt();
        /// The inverse tangent, in [-π/2, π/2].
        atan(x) = y: f32::atan, f64::atan, each, derivative { let length = over_length(x); length * length };
        /// The hyperbolic sine.
        sinh(x) = y: f32::sinh, f64::sinh, each, derivative x.cosh();
        /// The hyperbolic cosine.
        cosh(x) = y: f32::cosh, f64::cosh, each, derivative x.sinh();
        /// The hyperbolic tangent.
        tanh(x) = y: f32::tanh, f64::tanh, polynomial,
            derivative { let tail = (x.abs() * -2.0).exp(); let all = tail + 1.0; tail / (all * all) * 4.0 };
        /// The inverse hyperbolic sine.
        asinh(x) = y: special::asinh_single, special::asinh, each, derivative over_length(x);
        /// The inverse hyperbolic cosine; NaN below 1.
        acosh(x) = y: special::acosh_single, special::acosh, each,
            derivative ((x - 1.0).sqrt() * (x + 1.0).sqrt()).recip();
        /// The inverse hyperbolic tangent; NaN outside [-1, 1].
        atanh(x) = y: special::atanh_single, special::atanh, each, derivative ((-x + 1.0) * (x + 1.0)).recip();

        /// The error function, `2/√π ∫₀ˣ e^(-t²) dt`.
        erf(x) = y: libm::erff, libm::erf, polynomial, derivative (-(x * x)).exp() * FRAC_2_SQRT_PI;
        /// `1 - erf(x)`, without cancellation for large `x`.
        erfc(x) = y: libm::erfcf, libm::erfc, polynomial, derivative (-(x * x)).exp() * -FRAC_2_SQRT_PI;
        /// The inverse of `erf`: ±inf at ±1, NaN beyond.
        erfinv(x) = y: special::erfinv_single, special::erfinv, each, derivative (y * y).exp() / FRAC_2_SQRT_PI;
        /// `ln |Γ(x)|`.
        lgamma(x) = y: special::lgamma_single, libm::lgamma, each, derivative x.digamma();
        /// `ψ(x)`, the derivative of `lgamma`: ∓inf at ±0, NaN at the negative integers, as PyTorch has it.
        digamma(x) = y: special::digamma_single, special::digamma, each, derivative x.polygamma(1);

        /// The greatest integer that is not above `x`; derivative 0.
        floor(x) = y: f32::floor, f64::floor, down, flat;
        /// The least integer that is not below `x`; derivative 0.
        ceil(x) = y: f32::ceil, f64::ceil, up, flat;
        /// The nearest integer, halves to the even one; derivative 0.
        round(x) = y: f32::round_ties_even, f64::round_ties_even, nearest, flat;
        /// The integer part; derivative 0.
        trunc(x) = y: f32::trunc, f64::trunc, toward_zero, flat;
        /// The absolute value; derivative 0 at 0.
        abs(x) = y: f32::abs, f64::abs, magnitude, derivative x.sign();
    } };
}

/// Functions of two numbers that are no formula of others; their derivatives are functions of `slopes`.
macro_rules! of_two {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)*
        /// The size of `self` with the sign bit of `from`.
        copysign(from): f32::copysign, f64::copysign, signed_as;
        /// `xʸ`; NaN for negative `x` unless `y` is an integer.
        ///
        /// The derivative by `x` is 0 where `y` is 0, and the one by `y` is 0 where `x` is 0 and `y >= 0`.
        powf(exponent): f32::powf, f64::powf, each;
        /// The angle of the point (`x`, `self`), in [-π, π].
        atan2(x): f32::atan2, f64::atan2, each;
        /// `√(x² + y²)`, without overflow on the way.
        hypot(other): f32::hypot, f64::hypot, each;
        /// The remainder with the sign of the divisor, as Python's `%`; NaN for divisor 0.
        rem(divisor): modulo, modulo, each;
        /// The remainder with the sign of the dividend, as C's `fmod`; NaN for divisor 0.
        fmod(divisor): Rem::rem, Rem::rem, each;
    } };
}

/// Functions that are formulas of others, for every number: `name(argument) = value: formula`.
macro_rules! composed {
    ($callback:ident $($with:tt)*) => { $callback! { $($with)*
        /// `1 / √x`.
        rsqrt(x) = y: x.sqrt().recip(),
            // Halved first: `y / x` may be too large where half of it is not.
            derivative y * -0.5 / x;
        /// `1 / x`.
        recip(x) = y: Self::c(1.0) / x, derivative -(y * y);
        /// -1, 0 or 1, NaN for NaN; derivative 0.
        sign(x) = y: {
            let zero = Self::c(0.0);
            Self::select_gt(x, zero, Self::c(1.0), Self::select_gt(zero, x, Self::c(-1.0), x))
        }, flat;
        /// `1 / (1 + e⁻ˣ)`, to full relative accuracy in both tails.
        sigmoid(x) = y: {
            let tail = (-x.abs()).exp();
            let one = Self::c(1.0);
            Self::select_ge(x, Self::c(0.0), one, tail) / (tail + one)
        }, by_hand;
        /// `ln(1 + eˣ)`, to full relative accuracy in both tails.
        softplus(x) = y: {
            let tail = (-x.abs()).exp().ln_1p();
            Self::select_gt(x, Self::c(0.0), x, Self::c(0.0)) + tail
        }, derivative x.sigmoid();
        /// 1 where `x` is NaN, 0 elsewhere.
        is_nan(x) = y: Self::select_eq(x, x, Self::c(0.0), Self::c(1.0)), flat;
        /// 1 where `x` is inf or -inf, 0 elsewhere.
        is_inf(x) = y: Self::select_eq(x.abs(), Self::c(f64::INFINITY), Self::c(1.0), Self::c(0.0)), flat;
        /// 1 where `x` is neither NaN nor infinite, 0 elsewhere.
        is_finite(x) = y: Self::select_gt(Self::c(f64::INFINITY), x.abs(), Self::c(1.0), Self::c(0.0)), flat;
    } };
}

/// A method of a trait, without a body, for each row that is no formula of others.
macro_rules! declared {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident) = $y:ident: $single:path, $double:path, $lanes:ident, $kind:ident $($slope:expr)?;
    )*) => { $(
        $(#[$doc])*
        fn $name(self) -> Self;
    )* };
    ($($(#[$doc:meta])* $name:ident($arg:ident): $single:path, $double:path, $lanes:ident;)*) => { $(
        $(#[$doc])*
        fn $name(self, $arg: Self) -> Self;
    )* };
}

pub(super) use {composed, declared, of_one, of_two};
