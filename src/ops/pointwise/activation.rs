//! Activation functions: what networks put between their linear layers.
//!
//! Apart from `unary` because each has a paper and a convention at its kinks; these are PyTorch's.

use super::unary::odd_difference;
use crate::num::Num;
use congruent_macros::elementwise;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// √(8/π), twice the factor in the tanh of [`GeluTanh`].
const TWO_SQRT_2_OVER_PI: f64 = 1.595_769_121_605_730_7;

/// The fixed point of Klambauer et al.: with these, activations keep mean 0 and variance 1.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// See [`SELU_ALPHA`].
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// Below, what these functions multiply `x` by is 0 in every type: -inf times that would be NaN.
const BOTTOM: f64 = -1e4;

/// `x`, but for sizes above `most`, where a slope has long become constant and a product would overflow.
#[cfg_attr(optimised, inline(always))]
fn within<V: Num>(x: V, most: f64) -> V {
    x.maximum(V::c(-most)).minimum(V::c(most))
}

/// The slope of `x · σ(u)`: `σ(u) + σ(u) · σ(-u) · x u'`. Of the same `u` as the value's, which shares its exponential.
#[cfg_attr(optimised, inline(always))]
fn sloped<V: Num>(u: V, times_slope: V) -> V {
    let share = u.sigmoid();
    share + share * (-u).sigmoid() * times_slope
}

elementwise! {
    /// Activation functions of one tensor.
    pub trait Activations;

    /// The logistic function, `1 / (1 + e⁻ˣ)`. To full accuracy in both tails, and so is its gradient `y · (1 - y)`.
    #[doc(alias = "expit")]
    Sigmoid: sigmoid(x) = x.sigmoid(),
        for x in -4.0..4.0;

    /// The logarithm of the logistic function, `-ln(1 + e⁻ˣ)`. To full accuracy in both tails.
    #[doc(alias = "log_sigmoid")]
    Logsigmoid: logsigmoid(x) = -(-x).softplus(),
        for x in -4.0..4.0;

    /// The rectifier, `max(0, x)`. The gradient at 0 is 0. NaN gives NaN. Nair and Hinton 2010.
    Relu: relu(x) = V::select_ge(V::c(0.0), x, V::c(0.0), x),
        except_at = [0.0], for x in -3.0..3.0;

    /// The rectifier, capped at 6. The gradient is 0 at 0 and at 6. NaN gives NaN. Krizhevsky 2010.
    Relu6: relu6(x) = V::select_ge(V::c(0.0), x, V::c(0.0), V::select_ge(x, V::c(6.0), V::c(6.0), x)),
        except_at = [0.0, 6.0], for x in -2.0..8.0;

    /// `x` where positive, `slope · x` elsewhere; the gradient at 0 is `slope`. Maas, Hannun and Ng 2013.
    LeakyRelu {
        /// The slope below 0.
        slope: f64 = 0.01
    }: leaky_relu(x) = V::select_gt(x, V::c(0.0), x, x * slope),
        except_at = [0.0], for x in -3.0..3.0;

    /// Gaussian error linear unit, `x · Φ(x)` with the normal distribution's Φ. Hendrycks and Gimpel, arXiv:1606.08415.
    /// 0 at -inf.
    Gelu: gelu(x) = x.at_least(BOTTOM) * 0.5 * (x * -FRAC_1_SQRT_2).erfc(),
        derivative = {
            let c = within(x, 1e4);
            (x * -FRAC_1_SQRT_2).erfc() * 0.5 + c * (c * c * -0.5).exp() * (FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * 0.5)
        },
        for x in -3.0..3.0;

    /// The approximation of [`gelu`](Activations::gelu) by a tanh that GPT-2 was trained with. arXiv:1606.08415.
    ///
    /// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`, computed as a sigmoid of twice the argument, which is the same
    /// function and loses nothing in the lower tail. 0 at -inf.
    GeluTanh: gelu_tanh(x) =
        x.at_least(BOTTOM) * (x * TWO_SQRT_2_OVER_PI * (x * x * 0.044715 + 1.0)).sigmoid(),
        derivative = {
            let c = within(x, 1e4);
            let (square, inner) = (c * c * 0.044715, c * TWO_SQRT_2_OVER_PI);
            sloped(x * TWO_SQRT_2_OVER_PI * (x * x * 0.044715 + 1.0), inner * (square * 3.0 + 1.0))
        },
        for x in -3.0..3.0;

    /// Sigmoid linear unit, `x · σ(x)`, also known as swish. 0 at -inf. Elfwing et al., arXiv:1702.03118.
    #[doc(alias = "swish")]
    Silu: silu(x) = x.at_least(BOTTOM) * x.sigmoid(),
        derivative = sloped(x, within(x, 1e4)),
        for x in -4.0..4.0;

    /// `x · tanh(softplus(x))`. 0 at -inf. Misra, arXiv:1908.08681.
    Mish: mish(x) = x.at_least(BOTTOM) * x.softplus().tanh(),
        derivative = {
            let y = x.softplus().tanh();
            y + within(x, 1e4) * x.sigmoid() * (-y + 1.0) * (y + 1.0)
        },
        for x in -4.0..4.0;

    /// `ln(1 + eˣ)`, a smooth rectifier. To full accuracy in both tails. Dugas et al. 2001.
    ///
    /// With PyTorch's `beta`: `(x * beta).softplus() / beta`.
    Softplus: softplus(x) = x.softplus(),
        for x in -4.0..4.0;

    /// Exponential linear unit: `x` where positive, `alpha · (eˣ - 1)` elsewhere. The gradient at 0 is `alpha`.
    /// Clevert, Unterthiner and Hochreiter, arXiv:1511.07289.
    ///
    /// The gradient below 0 is written out: from the value it would be `(eˣ - 1) + 1`, which is 0 in the tail.
    Elu {
        /// Minus the limit at -inf.
        alpha: f64 = 1.0
    }: elu(x) = V::select_gt(x, V::c(0.0), x, x.exp_m1() * alpha),
        derivative = V::select_gt(x, V::c(0.0), V::c(1.0), x.exp() * alpha),
        except_at = [0.0], for x in -3.0..3.0;

    /// The scaled [`elu`](Activations::elu) whose constants make networks normalise themselves. Klambauer et al.,
    /// arXiv:1706.02515.
    Selu: selu(x) = V::select_gt(x, V::c(0.0), x, x.exp_m1() * SELU_ALPHA) * SELU_SCALE,
        derivative = V::select_gt(x, V::c(0.0), V::c(1.0), x.exp() * SELU_ALPHA) * SELU_SCALE,
        except_at = [0.0], for x in -3.0..3.0;

    /// The [`elu`](Activations::elu) whose gradient is 1 at 0 for any `alpha`. Barron, arXiv:1704.07483.
    Celu {
        /// Minus the limit at -inf.
        alpha: f64 = 1.5
    }: celu(x) = V::select_gt(x, V::c(0.0), x, (x / alpha).exp_m1() * alpha),
        derivative = V::select_gt(x, V::c(0.0), V::c(1.0), (x / alpha).exp()),
        except_at = [0.0], for x in -3.0..3.0;

    /// The identity between two numbers, constant outside; the gradient at both is 0. NaN gives NaN. Collobert 2004.
    ///
    /// [`clamp`](crate::ops::UnaryMath::clamp) differs in the gradient at the two numbers alone.
    Hardtanh {
        /// The least result.
        min: f64 = -1.0,
        /// The greatest result.
        max: f64 = 1.0
    }: hardtanh(x) = V::select_ge(V::c(min), x, V::c(min), V::select_ge(x, V::c(max), V::c(max), x)),
        except_at = [-1.0, 1.0], for x in -2.0..2.0;

    /// A sigmoid of three lines: 0 up to -3, 1 from 3 on. NaN gives NaN. Courbariaux et al., arXiv:1511.00363.
    Hardsigmoid: hardsigmoid(x) =
            V::select_ge(V::c(-3.0), x, V::c(0.0), V::select_ge(x, V::c(3.0), V::c(1.0), (x + 3.0) / 6.0)),
        except_at = [-3.0, 3.0], for x in -4.0..4.0;

    /// `x` times its hard sigmoid. NaN gives NaN. Howard et al., arXiv:1905.02244.
    Hardswish: hardswish(x) =
            V::select_ge(V::c(-3.0), x, V::c(0.0), V::select_ge(x, V::c(3.0), x, x * (x + 3.0) / 6.0)),
        except_at = [-3.0, 3.0], for x in -4.0..4.0;

    /// `x` where its size is above `lambda`, 0 elsewhere. NaN gives NaN. Donoho and Johnstone 1994.
    Hardshrink {
        /// The largest size that becomes 0.
        lambda: f64 = 0.5
    }: hardshrink(x) = V::select_ge(V::c(lambda), x.abs(), V::c(0.0), x),
        except_at = [-0.5, 0.5], for x in -2.0..2.0;

    /// Each element moved towards 0 by `lambda`, and no further than 0. NaN gives NaN. Donoho and Johnstone 1994.
    Softshrink {
        /// The largest size that becomes 0.
        lambda: f64 = 0.5
    }: softshrink(x) = {
            let near = V::select_eq(x, x, V::c(0.0), x);
            V::select_gt(x, V::c(lambda), x - lambda, V::select_gt(V::c(-lambda), x, x + lambda, near))
        },
        except_at = [-0.5, 0.5], for x in -2.0..2.0;

    /// `x - tanh(x)`; near 0, where the two nearly cancel, as `(x cosh x - sinh x) / cosh x` by the numerator's series.
    ///
    /// The gradient is written out, for `1 - (1 - tanh²)` would cancel too.
    Tanhshrink: tanhshrink(x) = {
            let near = x * x * x * odd_difference(x * x) / ((x.exp() + (-x).exp()) * 0.5);
            V::select_gt(V::c(1.0), x.abs(), near, x - x.tanh())
        },
        derivative = { let tanh = x.tanh(); tanh * tanh },
        for x in 0.5..3.0;

    /// `x / (1 + |x|)`. ±1 at ±inf. Turian, Bergstra and Bengio 2009.
    ///
    /// The gradient is written out: by the quotient rule it cancels where `x` is large.
    Softsign: softsign(x) = V::select_eq(x.is_inf(), V::c(1.0), x.sign(), x / (x.abs() + 1.0)),
        derivative = { let slope = (x.abs() + 1.0).recip(); slope * slope },
        for x in -3.0..3.0;

    /// `x` above a threshold, a fixed value up to it. NaN gives NaN.
    Threshold {
        /// Up to here the result is `value`.
        threshold: f64 = 0.1,
        /// The result up to the threshold.
        value: f64 = -0.5
    }: threshold(x) = V::select_ge(V::c(threshold), x, V::c(value), x),
        except_at = [0.1], for x in -2.0..2.0;
}
