//! Mathematics of three tensors, which broadcast by NumPy's rule.
//!
//! Apart from `binary` only to keep each table short.

use super::binary::between;
use crate::num::Num;
use congruent_macros::elementwise;

/// `value · y / z`: the product first, unless that is no number.
#[cfg_attr(optimised, inline(always))]
fn part<V: Num>(y: V, value: f64, z: V) -> V {
    let product = y * value;
    V::select_eq(product.is_inf(), V::c(1.0), y / z * value, product / z)
}

elementwise! {
    /// Pointwise mathematics of three tensors.
    pub trait TernaryMath;

    /// `x · y + z`, in one rounding: slow on processors without such an instruction. Of `f16` and `bf16` too.
    Fma: fma(x, y, z) = x.fma_once(y, z),
        halves = x.fma_of_halves(y, z),
        derivative = (y, x, V::c(1.0)),
        for x in -3.0..3.0, y in -3.0..3.0, z in -3.0..3.0;

    /// The point between two that a third tensor tells: `x` where `weight` is 0, `y` where it is 1, both exactly. The
    /// ends may be as far apart as the element type is wide, or infinite; NaN between -inf and inf.
    #[doc(alias = "lerp")]
    LerpWith: lerp_with(x, y, weight) = {
            let (way, one) = (y - x, V::c(1.0));
            let near = V::select_gt(V::c(0.5), weight.abs(), x + way * weight, y - way * (-weight + 1.0));
            let inside = between(near, x, y, weight);
            V::select_eq(weight, V::c(0.0), x, V::select_eq(weight, one, y, inside))
        },
        derivative = (-weight + 1.0, weight, y - x),
        for x in -3.0..3.0, y in -3.0..3.0, weight in -0.2..1.2;

    /// `x + value · y · z`.
    Addcmul {
        /// The factor of the product.
        value: f64 = 0.5
    }: addcmul(x, y, z) = {
            // A product that is no number may be one together with the other factor.
            let factor = y * value;
            V::select_eq(factor.is_inf(), V::c(1.0), (y * z).fma(V::c(value), x), factor.fma(z, x))
        },
        derivative = (V::c(1.0), z * value, y * value),
        for x in -3.0..3.0, y in -3.0..3.0, z in -3.0..3.0;

    /// `x + value · y / z`; IEEE 754 division by zero.
    Addcdiv {
        /// The factor of the quotient.
        value: f64 = 0.5
    }: addcdiv(x, y, z) = x + part(y, value, z),
        derivative = (V::c(1.0), V::c(value) / z, -(part(y, value, z) / z)),
        for x in -3.0..3.0, y in -3.0..3.0, z in 0.5..2.0;

    /// Each element no less than one tensor's and no greater than another's. NaN if one of them is NaN.
    ///
    /// The gradient goes to `x` from `min` to `max`, both included, else to the bound that is the result. Where
    /// `min > max`, the result is `max`. All this is PyTorch's.
    #[doc(alias = "clamp")]
    #[doc(alias = "clip")]
    ClampTensor: clamp_tensor(x, min, max) = x.maximum(min).minimum(max),
        derivative = (
            V::select_ge(x, min, V::select_ge(max, x, V::c(1.0), V::c(0.0)), V::c(0.0)),
            V::select_gt(min, x, V::select_gt(max, min, V::c(1.0), V::c(0.0)), V::c(0.0)),
            {
                let above = V::select_ge(min, max, V::c(1.0), V::c(0.0));
                V::select_gt(x, max, V::c(1.0), V::select_gt(min, x, above, V::c(0.0)))
            }
        ),
        for x in -3.0..3.0, min in -2.0..-0.5, max in 0.5..2.0;
}
