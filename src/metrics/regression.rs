//! How much of what varies was foreseen.

use super::confusion::hold;
use crate::device::{Device, SameDevice};
use crate::dtype::Real;
use crate::shape::{SameShape, Shape};
use crate::tensor::Tensor;

/// The coefficient of determination, `1 - Σ (y - ŷ)² / Σ (y - mean)²`, in `f64`: scikit-learn's `r2_score`.
///
/// 1 is perfect, 0 what the mean would have said. Where the truth does not vary it is 1 of perfect answers and 0 of
/// others. NaN where a number is NaN, and of fewer than two numbers. Run-time sizes that differ raise
/// [`Error::Sizes`](crate::Error::Sizes).
///
/// ```
/// use congruent::{metrics::r2_score, prelude::*};
/// let (answers, truth) = (Cpu.tensor([2.5, 0.0, 2.0, 8.0]), Cpu.tensor([3.0, -0.5, 2.0, 7.0]));
/// assert!((r2_score(&answers, &truth) - 0.948_608_137).abs() < 1e-9);
/// ```
#[track_caller]
pub fn r2_score<S, L, E, D, A>(answers: &Tensor<S, E, D>, truth: &Tensor<L, E, A>) -> f64
where
    S: Shape + SameShape<L>,
    L: Shape,
    E: Real,
    D: Device + SameDevice<A>,
    A: Device,
{
    hold("answers and truth", answers.shape(), truth.shape());
    let pairs: Vec<(f64, f64)> =
        answers.to_vec().iter().zip(truth.to_vec()).map(|(answer, truth)| (answer.as_f64(), truth.as_f64())).collect();
    if pairs.len() < 2 {
        return f64::NAN;
    }
    let mean = pairs.iter().map(|(_, truth)| truth).sum::<f64>() / pairs.len() as f64;
    let left: f64 = pairs.iter().map(|(answer, truth)| (truth - answer).powi(2)).sum();
    let all: f64 = pairs.iter().map(|(_, truth)| (truth - mean).powi(2)).sum();
    // By the numbers themselves: their mean may be rounded.
    let constant = pairs.iter().all(|(_, truth)| *truth == pairs[0].1);
    match (left == 0.0, constant || all == 0.0) {
        (true, true) => 1.0,
        (false, true) if !left.is_nan() => 0.0,
        _ => 1.0 - left / all,
    }
}
