//! Integers as numbers: what the element types without a fraction compute, and what has no result.
//!
//! Apart from `num`, the floating-point lanes, because integers are exact: their laws are those of the ring modulo a
//! power of two, and their loops are left to the compiler.

use super::elem::{Discrete, Elem, Integer, Real};
use super::no_float::{Integral, Logical, NoFloat};
use super::undefined::Undefined;
use crate::elements::for_each_signed;

macro_rules! integers {
    ($($t:ident $unsigned:ident $Wide:ident |$x:ident| $negative:expr, $absolute:expr, $sign:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Discrete for $t {
            type Kind = Integral;
            type Wide = $Wide;
            #[cfg_attr(optimised, inline(always))]
            fn widened(self) -> $Wide { self as $Wide }
        }

        #[diagnostic::do_not_recommend]
        impl Integer for $t {
            const BITS: u32 = <$t>::BITS;
            const MIN: $t = <$t>::MIN;
            const MAX: $t = <$t>::MAX;
            const ZERO: $t = 0;
            const ONE: $t = 1;

            #[cfg_attr(optimised, inline(always))]
            fn plus(self, y: $t) -> $t { self.wrapping_add(y) }
            #[cfg_attr(optimised, inline(always))]
            fn minus(self, y: $t) -> $t { self.wrapping_sub(y) }
            #[cfg_attr(optimised, inline(always))]
            fn times(self, y: $t) -> $t { self.wrapping_mul(y) }
            #[cfg_attr(optimised, inline(always))]
            fn negative(self) -> $t { let $x = self; $negative }
            #[cfg_attr(optimised, inline(always))]
            fn absolute(self) -> $t { let $x = self; $absolute }
            #[cfg_attr(optimised, inline(always))]
            fn sign(self) -> $t { let $x = self; $sign }
            #[cfg_attr(optimised, inline(always))]
            fn quotient(self, y: $t) -> Result<$t, Undefined> {
                if y == 0 { Err(Undefined::DivisionByZero) } else { Ok(self.wrapping_div(y)) }
            }
            #[cfg_attr(optimised, inline(always))]
            #[allow(unused_comparisons, reason = "one formula for all integers: some have no sign")]
            fn floor_quotient(self, y: $t) -> Result<$t, Undefined> {
                let (quotient, rest) = (self.quotient(y)?, self.wrapping_rem(y));
                Ok(if rest != 0 && (rest < 0) != (y < 0) { quotient.wrapping_sub(1) } else { quotient })
            }
            #[cfg_attr(optimised, inline(always))]
            fn rest(self, y: $t) -> Result<$t, Undefined> {
                if y == 0 { Err(Undefined::DivisionByZero) } else { Ok(self.wrapping_rem(y)) }
            }
            #[cfg_attr(optimised, inline(always))]
            #[allow(unused_comparisons, reason = "one formula for all integers: some have no sign")]
            fn floor_rest(self, y: $t) -> Result<$t, Undefined> {
                let rest = self.rest(y)?;
                Ok(if rest != 0 && (rest < 0) != (y < 0) { rest.wrapping_add(y) } else { rest })
            }
            #[cfg_attr(optimised, inline(always))]
            fn power(self, exponent: u32) -> $t { self.wrapping_pow(exponent) }
            #[cfg_attr(optimised, inline(always))]
            #[allow(unused_comparisons, reason = "one formula for all integers: some have no sign")]
            fn power_of_own(self, exponent: $t) -> Result<$t, Undefined> {
                if exponent < 0 {
                    return Err(Undefined::NegativePower);
                }
                let (mut power, mut factor, mut rest): ($t, $t, $t) = (1, self, exponent);
                while rest > 0 {
                    if rest & 1 == 1 {
                        power = power.wrapping_mul(factor);
                    }
                    factor = factor.wrapping_mul(factor);
                    rest >>= 1;
                }
                Ok(power)
            }
            #[cfg_attr(optimised, inline(always))]
            fn shifted_left(self, count: $t) -> $t {
                // A negative count is a large one without its sign.
                if (count as $unsigned) < <$t>::BITS as $unsigned { self.wrapping_shl(count as u32) } else { 0 }
            }
            #[cfg_attr(optimised, inline(always))]
            fn shifted_right(self, count: $t) -> $t {
                let all = <$t>::BITS as $unsigned;
                // Moved in two steps: one of all bits does not exist.
                let moved = if (count as $unsigned) < all { count as u32 } else { <$t>::BITS - 1 };
                let left = self.wrapping_shr(moved);
                if (count as $unsigned) < all { left } else { left.wrapping_shr(1) }
            }
        }
    )*};
}
integers! {
    i64 u64 i64 |x| x.wrapping_neg(), x.wrapping_abs(), x.signum();
    i32 u32 i64 |x| x.wrapping_neg(), x.wrapping_abs(), x.signum();
    i16 u16 i64 |x| x.wrapping_neg(), x.wrapping_abs(), x.signum();
    i8 u8 i64 |x| x.wrapping_neg(), x.wrapping_abs(), x.signum();
    u64 u64 u64 |x| x.wrapping_neg(), x, x.min(1);
    u32 u32 u64 |x| x.wrapping_neg(), x, x.min(1);
    u16 u16 u64 |x| x.wrapping_neg(), x, x.min(1);
    u8 u8 u64 |x| x.wrapping_neg(), x, x.min(1);
}
#[diagnostic::do_not_recommend]
impl Discrete for bool {
    type Kind = Logical;
    type Wide = i64;
    #[cfg_attr(optimised, inline(always))]
    fn widened(self) -> i64 {
        i64::from(self)
    }
}

/// Element types that are computed with: the floating-point types and the integers.
///
/// As [`Floating`](super::Floating) it names the graph of results, so that after a message about a mask that was added
/// up there is nothing more to say. Holds for every [`Real`] and every [`Integer`], and for nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number: arithmetic needs floating-point or integer tensors",
    label = "needs numbers, found `{Self}`",
    note = "`.convert::<f32>()` and `.convert::<i64>()` make 0 and 1 of `bool`; masks take `&`, `|`, `^` and `!`"
)]
pub trait Numeric<Float = <Self as Elem>::Float>: Elem {
    /// The graph `T` itself.
    type Graph<T>;
    /// A number beside elements of this type: `f64` for floats, the type itself for integers.
    type Number: Copy;
    /// The graph itself.
    fn number_graph<T>(graph: T) -> Self::Graph<T>;
    /// Does what is done in one way with floats and in another with integers.
    #[doc(hidden)]
    fn by_number<T: ByNumber<Self>>(work: T) -> T::Out;
}

/// Work that is done in one way with floats and in another with integers: see [`ByKind`](super::ByKind), which `bool`
/// has, too.
pub trait ByNumber<E: Elem> {
    /// What comes out.
    type Out;
    /// With floats.
    fn with_floats(self) -> Self::Out
    where
        E: Real;
    /// With integers.
    fn with_integers(self) -> Self::Out
    where
        E: Integer;
}
#[diagnostic::do_not_recommend]
impl<E: Real> Numeric<E> for E {
    type Graph<T> = T;
    type Number = f64;
    #[cfg_attr(optimised, inline(always))]
    fn number_graph<T>(graph: T) -> T {
        graph
    }
    #[cfg_attr(optimised, inline(always))]
    fn by_number<T: ByNumber<E>>(work: T) -> T::Out {
        work.with_floats()
    }
}
#[diagnostic::do_not_recommend]
impl<E: Integer> Numeric<NoFloat> for E {
    type Graph<T> = T;
    type Number = E;
    #[cfg_attr(optimised, inline(always))]
    fn number_graph<T>(graph: T) -> T {
        graph
    }
    #[cfg_attr(optimised, inline(always))]
    fn by_number<T: ByNumber<E>>(work: T) -> T::Out {
        work.with_integers()
    }
}

/// Numbers that may be negative: what the operator `-` in front of a tensor needs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no negative numbers",
    label = "needs a floating-point or signed integer element type, found `{Self}`",
    note = "`.convert::<i64>()` it first; `.neg()` wraps around, as NumPy does"
)]
pub trait Signed<Float = <Self as Elem>::Float>: Elem {
    /// The graph `T` itself.
    type Graph<T>;
    /// The graph itself.
    fn signed_graph<T>(graph: T) -> Self::Graph<T>;
}
#[diagnostic::do_not_recommend]
impl<E: Real> Signed<E> for E {
    type Graph<T> = T;
    #[cfg_attr(optimised, inline(always))]
    fn signed_graph<T>(graph: T) -> T {
        graph
    }
}
macro_rules! signed {
    ($($t:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Signed<NoFloat> for $t {
            type Graph<T> = T;
            #[cfg_attr(optimised, inline(always))]
            fn signed_graph<T>(graph: T) -> T {
                graph
            }
        }
    )*};
}
for_each_signed!(signed);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_and_rests_make_up_the_dividend() {
        for x in [i8::MIN, -7, -1, 0, 1, 7, i8::MAX] {
            for y in [i8::MIN, -3, -1, 1, 2, 3, i8::MAX] {
                let whole = |q: Result<i8, _>, r: Result<i8, _>| q.unwrap().times(y).plus(r.unwrap());
                assert_eq!(whole(x.quotient(y), x.rest(y)), x, "{x} / {y}");
                assert_eq!(whole(x.floor_quotient(y), x.floor_rest(y)), x, "{x} // {y}");
                let floor = (f64::from(x) / f64::from(y)).floor() as i64 as i8;
                assert_eq!(x.floor_quotient(y), Ok(floor), "{x} // {y}");
            }
        }
        assert_eq!(5u8.floor_rest(3), Ok(2));
        assert_eq!(5u8.quotient(0), Err(Undefined::DivisionByZero));
    }

    #[test]
    fn shifts_by_too_much_leave_the_sign_alone() {
        assert_eq!([0, 1, 7, 8, -1, 127].map(|count| (-3i8).shifted_right(count)), [-3, -2, -1, -1, -1, -1]);
        assert_eq!([0, 1, 7, 8, -1, 127].map(|count| 3i8.shifted_left(count)), [3, 6, -128, 0, 0, 0]);
        assert_eq!([0, 1, 7, 8, 255].map(|count| 200u8.shifted_right(count)), [200, 100, 1, 0, 0]);
    }

    #[test]
    fn powers_wrap_and_need_no_negative_exponent() {
        assert_eq!(
            [0i8, 1, 2, 3, 100].map(|exponent| 3i8.power_of_own(exponent)),
            [1, 3, 9, 27, 81i8.wrapping_pow(25)].map(Ok)
        );
        assert_eq!(2u8.power_of_own(200), Ok(0));
        assert_eq!(1i64.power_of_own(-1), Err(Undefined::NegativePower));
    }
}
