//! Special functions of one number that neither the standard library nor `libm` has.
//!
//! Apart from `real.rs`, which is the table that names them. `f32` goes through `f64`.

use std::f64::consts::{FRAC_2_SQRT_PI, PI};

/// The `f32` twin of a function of `f64`.
macro_rules! singles {
    ($($single:ident: $double:path;)*) => { $(
        #[doc = concat!("`", stringify!($double), "` in `f64`, rounded once.")]
        pub(super) fn $single(x: f32) -> f32 {
            $double(f64::from(x)) as f32
        }
    )* };
}

singles! {
    asinh_single: libm::asinh;
    acosh_single: acosh;
    atanh_single: libm::atanh;
    erfinv_single: erfinv;
    digamma_single: digamma;
    lgamma_single: libm::lgamma;
}

pub(super) use libm::{asinh, atanh};

/// The inverse of `cosh`; `libm` gives numbers for some below -2, where there is none.
pub(super) fn acosh(x: f64) -> f64 {
    if x < 1.0 { f64::NAN } else { libm::acosh(x) }
}

/// The inverse of `erf`.
///
/// Winitzki's closed form ("A handy approximation for the error function and its inverse", 2008, 2e-3 relative), then
/// three steps of Halley's method. Beyond 1/2 these solve `erfc(y) = 1 - x`, where `1 - x` is exact.
pub(super) fn erfinv(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() || size > 1.0 {
        return f64::NAN;
    }
    if size == 1.0 || size < 1e-300 {
        return if size == 1.0 { x * f64::INFINITY } else { x / FRAC_2_SQRT_PI };
    }
    let mut y = erfinv_guess(size);
    for _ in 0..3 {
        let excess = if size > 0.5 { (1.0 - size) - libm::erfc(y) } else { libm::erf(y) - size };
        let step = excess / (FRAC_2_SQRT_PI * (-y * y).exp());
        y -= step / (1.0 + y * step);
    }
    y.copysign(x)
}

/// A first guess, within 0.3 %.
fn erfinv_guess(size: f64) -> f64 {
    if size < 0.1 {
        return size / FRAC_2_SQRT_PI;
    }
    let bend = 0.147;
    let log = (1.0 - size).ln() + size.ln_1p();
    let half = 2.0 / (PI * bend) + log / 2.0;
    ((half * half - log / bend).sqrt() - half).sqrt()
}

/// The positive root of `digamma`, as the sum of two numbers.
const ROOT: (f64, f64) = (1.4616321449683623, 9.549995429965697e-17);

/// The Taylor coefficients of `digamma` at its root, highest first, without the constant one, which is 0.
const AT_ROOT: [f64; 11] = [
    0.010538791616612175,
    -0.01542476590494896,
    0.022597648232218104,
    -0.03316112647484736,
    0.04880428816414311,
    -0.07219956125645471,
    0.10782405069126237,
    -0.16394270544240652,
    0.258499760955651,
    -0.4427631689835921,
    0.9676722454476212,
];

/// The asymptotic coefficients `B₂ₖ / 2k` of `digamma`, highest first.
const AT_INFINITY: [f64; 8] =
    [-3617.0 / 8160.0, 1.0 / 12.0, -691.0 / 32760.0, 1.0 / 132.0, -1.0 / 240.0, 1.0 / 252.0, -1.0 / 120.0, 1.0 / 12.0];

/// `ψ(x)`: reflection below 0, a Taylor series near the root, else recurrence up to 10 and the asymptotic series
/// (Abramowitz and Stegun 6.3.5 to 6.3.18).
pub(super) fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        return digamma_reflected(x);
    }
    let from_root = (x - ROOT.0) - ROOT.1;
    if from_root.abs() < 0.05 {
        return from_root * horner(from_root, &AT_ROOT);
    }
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < 10.0 {
        sum -= shifted.recip();
        shifted += 1.0;
    }
    let square = (shifted * shifted).recip();
    sum + shifted.ln() - 0.5 / shifted - square * horner(square, &AT_INFINITY)
}

/// `ψ(x) = ψ(1 - x) - π / tan πx`
fn digamma_reflected(x: f64) -> f64 {
    let fraction = x - x.round_ties_even();
    match () {
        () if x == 0.0 => f64::INFINITY.copysign(-x),
        () if fraction == 0.0 || x.is_infinite() => f64::NAN,
        () => digamma(1.0 - x) - PI * cotangent(x),
    }
}

/// `cot πx`, nearer to a half by the tangent of the rest, which is exact: half of a rounded `π` is no zero.
fn cotangent(x: f64) -> f64 {
    let fraction = x - x.round_ties_even();
    let to_half = 0.5 - fraction.abs();
    if to_half < 0.25 { (PI * to_half).tan().copysign(fraction) } else { (PI * fraction).tan().recip() }
}

/// The polynomial with these coefficients, highest first.
fn horner(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

/// `ψ⁽ⁿ⁾(x) = (-1)ⁿ⁺¹ n! ζ(n + 1, x)`, by reflection below 0.
pub(super) fn polygamma(x: f64, order: u32) -> f64 {
    if order == 0 {
        return digamma(x);
    }
    let sign = if order % 2 == 1 { 1.0 } else { -1.0 };
    if x > 0.0 || x.is_nan() {
        let factorial: f64 = (1..=order).map(f64::from).product();
        return sign * factorial * hurwitz_zeta(f64::from(order) + 1.0, x);
    }
    if x == x.floor() {
        return if order % 2 == 1 && x.is_finite() { f64::INFINITY } else { f64::NAN };
    }
    -(sign * polygamma(1.0 - x, order) + cotangent_derivative(x, order))
}

/// `ζ(s, x) = Σ (x + k)⁻ˢ` for positive `x`, by Euler and Maclaurin's formula once the terms have become smooth.
fn hurwitz_zeta(s: f64, x: f64) -> f64 {
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < 10.0 + s {
        sum += shifted.powf(-s);
        shifted += 1.0;
    }
    let first = shifted.powf(-s);
    sum += shifted.powf(1.0 - s) / (s - 1.0) + 0.5 * first;
    let mut factor = first * s / shifted;
    for (k, bernoulli) in AT_INFINITY.iter().rev().enumerate() {
        // `AT_INFINITY` holds B₂ₖ/2k, the formula wants B₂ₖ/(2k)!, so `factor` carries 1/(2k - 1)!.
        let (even, odd) = (2.0 * k as f64 + 2.0, 2.0 * k as f64 + 3.0);
        sum += factor * bernoulli;
        factor *= (s + even - 1.0) * (s + even) / (even * odd * shifted * shifted);
    }
    sum
}

/// `dⁿ/dxⁿ π cot πx`: with `c = cot πx`, each derivative is a polynomial in `c`, for `c' = -π (1 + c²)`.
fn cotangent_derivative(x: f64, order: u32) -> f64 {
    let mut polynomial = vec![0.0, PI];
    for _ in 0..order {
        let mut next = vec![0.0; polynomial.len() + 1];
        for (power, coefficient) in polynomial.iter().enumerate().skip(1) {
            let slope = -PI * power as f64 * coefficient;
            next[power - 1] += slope;
            next[power + 1] += slope;
        }
        polynomial = next;
    }
    let cotangent = cotangent(x);
    // From the highest coefficient, not from 0: times an infinite cotangent that would be NaN.
    polynomial.into_iter().rev().reduce(|sum, c| sum * cotangent + c).unwrap_or(0.0)
}
