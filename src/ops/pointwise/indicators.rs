//! The formulas behind masks: 1 where a condition holds, 0 elsewhere.
//!
//! Apart from comparisons and masks because both are made of them. Comparisons with NaN are false, but for `ne`, as in
//! IEEE 754, NumPy and PyTorch.

use crate::dtype::{Logical, NoFloat};
use crate::graph::{Bitwise1, Bitwise2, Called, Formula3, Pointwise3};
use crate::loops::{Bits, Faults};
use crate::num::Traced;
use congruent_macros::elementwise;

elementwise! {
    /// The formulas behind masks, with 1 for true and 0 for false.
    ///
    /// [`Comparisons`](crate::ops::Comparisons) is what programs call.
    pub trait Indicators;

    /// 1 where two are equal; NaN is equal to nothing.
    Equal: equal(x, y) = V::select_eq(x, y, V::c(1.0), V::c(0.0)), flat,
        integers = V::select_eq(x, y, V::c(E::ONE), V::c(E::ZERO)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where two differ; NaN differs from everything.
    NotEqual: not_equal(x, y) = V::select_eq(x, y, V::c(0.0), V::c(1.0)), flat,
        integers = V::select_eq(x, y, V::c(E::ZERO), V::c(E::ONE)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is less; 0 for NaN.
    Less: less(x, y) = V::select_gt(y, x, V::c(1.0), V::c(0.0)), flat,
        integers = V::select_gt(y, x, V::c(E::ONE), V::c(E::ZERO)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is less or equal; 0 for NaN.
    LessEqual: less_equal(x, y) = V::select_ge(y, x, V::c(1.0), V::c(0.0)), flat,
        integers = V::select_gt(x, y, V::c(E::ZERO), V::c(E::ONE)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is greater; 0 for NaN.
    Greater: greater(x, y) = V::select_gt(x, y, V::c(1.0), V::c(0.0)), flat,
        integers = V::select_gt(x, y, V::c(E::ONE), V::c(E::ZERO)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where the first is greater or equal; 0 for NaN.
    GreaterEqual: greater_equal(x, y) = V::select_ge(x, y, V::c(1.0), V::c(0.0)), flat,
        integers = V::select_gt(y, x, V::c(E::ZERO), V::c(E::ONE)),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where `|x - y| ≤ atol + rtol · |y|` or both are the same infinity; 0 for NaN.
    IsClose {
        /// Relative tolerance, of the second operand.
        rtol: f64 = 0.5,
        /// Absolute tolerance.
        atol: f64 = 0.5
    }: is_close(x, y) = {
            let size = y.abs();
            let near = V::select_ge(size * rtol + atol, (x - y).abs(), V::c(1.0), V::c(0.0));
            let finite = V::select_gt(V::c(f64::INFINITY), size, near, V::c(0.0));
            V::select_eq(x, y, V::c(1.0), finite)
        }, flat,
        for x in -3.0..3.0, y in -3.0..3.0;

    /// 1 where an element is NaN.
    IsNan: nan_indicator(x) = x.is_nan(), flat,
        for x in -3.0..3.0;

    /// 1 where an element is inf or -inf.
    IsInf: inf_indicator(x) = x.is_inf(), flat,
        for x in -3.0..3.0;

    /// 1 where an element is neither NaN nor infinite.
    IsFinite: finite_indicator(x) = x.is_finite(), flat,
        for x in -3.0..3.0;

    /// Whether both masks hold.
    And: both(x, y) = x * y,
        integers = x & y,
        for x in 0.0..1.0, y in 0.0..1.0;

    /// Whether at least one mask holds.
    Or: either(x, y) = x.maximum(y),
        integers = x | y,
        for x in 0.0..1.0, y in 0.0..1.0;

    /// Whether exactly one mask holds.
    Xor: exactly_one(x, y) = (x - y).abs(),
        integers = x ^ y,
        for x in 0.0..1.0, y in 0.0..1.0;

    /// Whether a mask does not hold.
    Not: negated(x) = -x + 1.0,
        integers = x ^ V::c(E::ONE),
        for x in 0.0..1.0;

    /// The second operand where the first, a mask, is above one half, else the third. The mask has no gradient.
    Select: choose(mask, x, y) = V::select_gt(mask, V::c(0.5), x, y),
        integers = V::select_eq(mask, V::c(E::ZERO), y, x),
        except_at = [0.5], for mask in 0.0..1.0, x in -3.0..3.0, y in -3.0..3.0;
}

/// What the formulas of masks say of truth values themselves.
macro_rules! of_bits {
    ($($Op:ident $name:literal $Bitwise:ident |$($x:ident),*| $value:expr;)*) => {$(
        impl $Bitwise for $Op {
            const NAME: &'static str = $name;
            #[cfg_attr(optimised, inline(always))]
            fn value<V: Bits>(self, $($x: V),*) -> V {
                $value
            }
        }
    )*};
}
of_bits! {
    And "both" Bitwise2 |x, y| x & y;
    Or "either" Bitwise2 |x, y| x | y;
    Xor "exactly_one" Bitwise2 |x, y| x ^ y;
    Not "negated" Bitwise1 |x| !x;
}

#[diagnostic::do_not_recommend]
impl Formula3<bool, NoFloat<Logical>> for Select {
    #[cfg_attr(optimised, inline(always))]
    fn element(self, mask: bool, x: bool, y: bool, _: &mut Faults) -> bool {
        if mask { x } else { y }
    }
    fn traced(self, mask: Traced, x: Traced, y: Traced) -> Traced {
        (mask & x) | (!mask & y)
    }
    fn called(_: Option<&Self>) -> Called {
        Called { name: <Self as Pointwise3>::NAME, constants: Vec::new(), steps: Some(1) }
    }
}
