//! The loss of each element, before any reduction: PyTorch's `reduction="none"`.
//!
//! Apart from `pairs` because these broadcast and stay lazy: `x.squared_error(&y).sum()` is one fused loop.

use crate::num::Num;
use congruent_macros::elementwise;

/// `ln(1 + e^-|x|)`, plus the part of `|x|` on the wrong side, which may be infinite where it does not count.
#[cfg_attr(optimised, inline(always))]
fn entropy_with_logits<V: Num>(x: V, y: V) -> V {
    let (zero, tail) = (V::c(0.0), (-x.abs()).exp().ln_1p());
    let wrong = V::select_gt(x, zero, -y + 1.0, y);
    tail + V::select_eq(wrong, zero, zero, wrong * x.abs())
}

/// The slopes of the focal term. Where a prediction is right the entropy and what it misses both go to 0, and their
/// quotient to 1: neither is divided by the other.
#[cfg_attr(optimised, inline(always))]
fn focal_slopes<V: Num>(x: V, y: V, gamma: V) -> (V, V) {
    let (yes, no, others) = (x.sigmoid(), (-x).sigmoid(), -y + 1.0);
    let missed = y * no + others * yes;
    let quotient = V::select_eq(missed, V::c(0.0), V::c(1.0), entropy_with_logits(x, y) / missed);
    let (quotient, weight) = (part(gamma, quotient), missed.powf(gamma));
    let by_score = weight * ((others - y) * part(yes * no, quotient) + (others * yes - y * no));
    (by_score, part(weight, (no - yes) * quotient - x))
}

/// `factor · x`, and 0 where the factor is: it is so at scores without bounds, and falls faster than they rise.
#[cfg_attr(optimised, inline(always))]
fn part<V: Num>(factor: V, x: V) -> V {
    V::select_eq(factor, V::c(0.0), V::c(0.0), factor * x)
}

/// `slope`, and 0 where nothing is missing.
#[cfg_attr(optimised, inline(always))]
fn where_missing<V: Num>(missing: V, slope: V) -> V {
    V::select_gt(V::c(0.0), missing, V::c(0.0), slope)
}

elementwise! {
    /// Losses of each element of a prediction `x` and a target `y`.
    pub trait LossTerms;

    /// `(x - y)²`
    SquaredError: squared_error(x, y) = (x - y) * (x - y),
        derivative = ((x - y) * 2.0, (y - x) * 2.0),
        for x in -3.0..3.0, y in -3.0..3.0;

    /// `|x - y|`; the gradient at 0 is 0.
    AbsoluteError: absolute_error(x, y) = (x - y).abs(),
        for x in -3.0..-0.5, y in 0.0..3.0;

    /// Quadratic near 0, then a line of slope 1: `(x - y)² / 2 beta` where `|x - y| < beta`, `|x - y| - beta / 2`
    /// elsewhere. With `beta = 0` it is the absolute error. Girshick, arXiv:1504.08083.
    SmoothAbsoluteError {
        /// Where the parabola ends.
        beta: f64 = 1.0
    }: smooth_absolute_error(x, y) = {
            let distance = (x - y).abs();
            V::select_gt(V::c(beta), distance, distance * distance * (0.5 / beta), distance - 0.5 * beta)
        },
        for x in -3.0..3.0, y in -3.0..3.0;

    /// Quadratic near 0, then a line of slope `delta`: `(x - y)² / 2` where `|x - y| <= delta`,
    /// `delta · (|x - y| - delta / 2)` elsewhere. Huber 1964.
    HuberError {
        /// Where the parabola ends.
        delta: f64 = 0.7
    }: huber_error(x, y) = {
            let distance = (x - y).abs();
            V::select_ge(V::c(delta), distance, distance * distance * 0.5, (distance - 0.5 * delta) * delta)
        },
        for x in -3.0..3.0, y in -3.0..3.0;

    /// Cross entropy of a probability: `-y ln x - (1 - y) ln(1 - x)`. NaN for `x` outside of [0, 1].
    ///
    /// As in PyTorch, logarithms count as -100 at least, and the gradient divides by `x (1 - x)` or 10⁻¹² if that is
    /// more.
    BinaryEntropy: binary_entropy(x, y) = {
            let (yes, no) = (x.ln().maximum(V::c(-100.0)), (-x).ln_1p().maximum(V::c(-100.0)));
            (y - 1.0) * no - y * yes
        },
        derivative = (
            (x - y) / (x * (-x + 1.0)).maximum(V::c(1e-12)),
            (-x).ln_1p().maximum(V::c(-100.0)) - x.ln().maximum(V::c(-100.0))
        ),
        for x in 0.1..0.9, y in 0.0..1.0;

    /// Cross entropy of a probability that is given as its log-odds `x`: `ln(1 + eˣ) - x y`.
    ///
    /// Neither overflows nor cancels: computed as `ln(1 + e^-|x|)`, plus the part of `|x|` on the wrong side.
    BinaryEntropyWithLogits: binary_entropy_with_logits(x, y) = entropy_with_logits(x, y),
        derivative = ((-y + 1.0) * x.sigmoid() - y * (-x).sigmoid(), -x),
        for x in -4.0..4.0, y in 0.0..1.0;

    /// Relative entropy of a probability `y` whose estimate is given as its logarithm `x`: `y · (ln y - x)`; 0 where
    /// `y` is.
    KlTerm: kl_term(x, y) = V::select_eq(y, V::c(0.0), V::c(0.0), y * (y.ln() - x)),
        derivative = (-y, V::select_eq(y, V::c(0.0), V::c(0.0), y.ln() - x + 1.0)),
        for x in -3.0..0.0, y in 0.1..1.0;

    /// Cross entropy of a probability `y` whose estimate is given as its logarithm `x`: `-y · x`; 0 where `y` is.
    EntropyTerm: entropy_term(x, y) = V::select_eq(y, V::c(0.0), V::c(0.0), -(y * x)),
        derivative = (-y, -x),
        for x in -3.0..0.0, y in 0.1..1.0;

    /// Negative log-likelihood of a count `y` whose rate is given as its logarithm `x`: `eˣ - y x`, without the term of
    /// `y` alone. Of a count of 0 it is the rate, which may be 0 too; a rate of inf is beyond all counts.
    PoissonTerm: poisson_term(x, y) = {
            let rate = x.exp();
            V::select_eq(rate.is_inf(), V::c(1.0), rate, rate - part(y, x))
        },
        derivative = (x.exp() - y, -x),
        for x in -2.0..2.0, y in 0.0..5.0;

    /// `x` where the target is 1, `max(0, margin - x)` where it is -1.
    HingeTerm {
        /// How large `x` should be where the target is -1.
        margin: f64 = 1.0
    }: hinge_term(x, y) = {
            let apart = V::select_gt(x, V::c(margin), V::c(0.0), -x + margin);
            V::select_gt(y, V::c(0.0), x, apart)
        },
        except_at = [1.0], for x in -2.0..2.0, y in 0.5..1.5;

    /// `max(0, 1 - x y)`: how much a score lacks to 1 on the side of its target, 1 or -1. Cortes and Vapnik 1995.
    MarginTerm: margin_term(x, y) = {
            let missing = -(x * y) + 1.0;
            where_missing(missing, missing)
        },
        derivative = (where_missing(-(x * y) + 1.0, -y), where_missing(-(x * y) + 1.0, -x)),
        for x in -3.0..0.5, y in 0.5..1.5;

    /// `ln(1 + e^(-x y))`: the logistic loss of a score, where the target is 1 or -1. Does not overflow.
    SoftMarginTerm: soft_margin_term(x, y) = (-(x * y)).softplus(),
        derivative = (-part((-(x * y)).sigmoid(), y), -part((-(x * y)).sigmoid(), x)),
        for x in -3.0..3.0, y in -1.5..1.5;

    /// [`binary_entropy_with_logits`](LossTerms::binary_entropy_with_logits) times `(1 - p)^gamma`, where `p` is the
    /// probability of the target: easy examples count less. Lin et al., arXiv:1708.02002, without their `alpha`.
    FocalTerm {
        /// How much less; 0 leaves the cross entropy.
        gamma: f64 = 2.0
    }: focal_term(x, y) = {
            let missed = y * (-x).sigmoid() + (-y + 1.0) * x.sigmoid();
            missed.powf(V::c(gamma)) * entropy_with_logits(x, y)
        },
        derivative = (focal_slopes(x, y, V::c(gamma)).0, focal_slopes(x, y, V::c(gamma)).1),
        except_at = [0.0], for x in -4.0..4.0, y in 0.0..1.0;
}

elementwise! {
    /// Losses of each element of three tensors.
    pub trait MoreLossTerms;

    /// `max(0, margin - sign · (x - y))`: `x` should be the larger one where the sign is 1, the smaller where it is -1.
    RankingTerm {
        /// By how much.
        margin: f64 = 0.5
    }: ranking_term(x, y, sign) = {
            let missing = V::c(margin) - sign * (x - y);
            where_missing(missing, missing)
        },
        derivative = (
            where_missing(V::c(margin) - sign * (x - y), -sign),
            where_missing(V::c(margin) - sign * (x - y), sign),
            where_missing(V::c(margin) - sign * (x - y), y - x)
        ),
        for x in -3.0..0.0, y in 0.5..3.0, sign in 0.5..1.5;

    /// Negative log-likelihood of `y` under a normal distribution of mean `x`: `½ (ln v + (x - y)² / v)` with
    /// `v = max(variance, eps)`, without the constant.
    ///
    /// As in PyTorch the gradient of the variance is that at `v`, whether or not `eps` was the larger one.
    GaussianTerm {
        /// The least variance.
        eps: f64 = 1e-6
    }: gaussian_term(x, y, variance) = {
            let v = variance.maximum(V::c(eps));
            v.ln() * 0.5 + (x - y) * 0.5 / v * (x - y)
        },
        derivative = (
            (x - y) / variance.maximum(V::c(eps)),
            (y - x) / variance.maximum(V::c(eps)),
            {
                let precision = variance.maximum(V::c(eps)).recip();
                let distance = (x - y) * precision;
                precision * 0.5 - distance * 0.5 * distance
            }
        ),
        for x in -3.0..3.0, y in -3.0..3.0, variance in 0.5..2.0;
}
