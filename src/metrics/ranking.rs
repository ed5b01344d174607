//! Scores that should be higher for what is true than for what is not.

use super::confusion::hold;
use crate::device::{Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::Error;
use crate::shape::{LastAxis, SameRows, SameShape, Shape};
use crate::tensor::Tensor;

/// Numbers of what is true and of what is false among equal scores, from the highest score on.
#[track_caller]
fn ranked<S, L, E, D, A>(scores: &Tensor<S, E, D>, truth: &Tensor<L, bool, A>) -> Result<Vec<[u64; 2]>, Error>
where
    S: Shape + SameShape<L>,
    L: Shape,
    E: Real,
    D: Device + SameDevice<A>,
    A: Device,
{
    hold("scores and truth", scores.shape(), truth.shape());
    let mut all: Vec<(f64, bool)> = scores.to_vec().iter().map(|x| x.as_f64()).zip(truth.to_vec()).collect();
    if let Some(position) = all.iter().position(|(score, _)| score.is_nan()) {
        let found = format!("NaN at position {position}");
        return Err(Error::Value { what: "score", found, rule: "scores are put in order, and NaN has no place in it" });
    }
    all.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
    let groups = all.chunk_by(|(a, _), (b, _)| a == b);
    Ok(groups
        .map(|group| {
            let hits = group.iter().filter(|(_, is)| *is).count() as u64;
            [hits, group.len() as u64 - hits]
        })
        .collect())
}

/// The area under the curve of true over false positives: how probable it is that what is true has a higher score than
/// what is not, equal ones counted by half. scikit-learn's `roc_auc_score`; Hanley and McNeil 1982.
///
/// # Errors
/// [`Error::Value`] where a score is NaN, and where all are true or none is: there is no such curve. Run-time sizes
/// that differ raise [`Error::Sizes`].
///
/// ```
/// use congruent::{metrics::roc_auc, prelude::*};
/// let scores = Cpu.tensor([0.1, 0.4, 0.35, 0.8]);
/// assert_eq!(roc_auc(&scores, &Cpu.tensor([false, false, true, true]))?, 0.75);
/// # Ok::<(), congruent::Error>(())
/// ```
#[track_caller]
pub fn roc_auc<S, L, E, D, A>(scores: &Tensor<S, E, D>, truth: &Tensor<L, bool, A>) -> Result<f64, Error>
where
    S: Shape + SameShape<L>,
    L: Shape,
    E: Real,
    D: Device + SameDevice<A>,
    A: Device,
{
    let groups = ranked(scores, truth)?;
    let (mut above, mut area, mut others) = (0u64, 0.0, 0u64);
    for [hits, misses] in groups {
        area += misses as f64 * (above as f64 + hits as f64 / 2.0);
        (above, others) = (above + hits, others + misses);
    }
    if above == 0 || others == 0 {
        let found = format!("{above} of {}", above + others);
        return Err(Error::Value { what: "number of what is true", found, rule: "some are, and some are not" });
    }
    Ok(area / above as f64 / others as f64)
}

/// The mean of the precision at each of what is true, from the highest score on: `Σ (Rₙ - Rₙ₋₁) Pₙ` over the scores
/// that occur. scikit-learn's `average_precision_score`. NaN where nothing is true.
///
/// # Errors
/// [`Error::Value`] where a score is NaN. Run-time sizes that differ raise [`Error::Sizes`].
///
/// ```
/// use congruent::{metrics::average_precision, prelude::*};
/// let scores = Cpu.tensor([0.1, 0.4, 0.35, 0.8]);
/// let precision = average_precision(&scores, &Cpu.tensor([false, false, true, true]))?;
/// assert!((precision - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-15);
/// # Ok::<(), congruent::Error>(())
/// ```
#[track_caller]
pub fn average_precision<S, L, E, D, A>(scores: &Tensor<S, E, D>, truth: &Tensor<L, bool, A>) -> Result<f64, Error>
where
    S: Shape + SameShape<L>,
    L: Shape,
    E: Real,
    D: Device + SameDevice<A>,
    A: Device,
{
    let (mut found, mut asked, mut sum) = (0u64, 0u64, 0.0);
    for [hits, misses] in ranked(scores, truth)? {
        (found, asked) = (found + hits, asked + hits + misses);
        sum += hits as f64 * (found as f64 / asked as f64);
    }
    Ok(sum / found as f64)
}

/// Which part of the rows has its label among the `k` largest logits: fewer than `k` are larger. NaN is larger than
/// every number, so that a row of NaN is no hit; NaN of no rows. Shapes: `(.., C)` with labels `(..)`.
///
/// # Errors
/// [`Error::Label`] for a label outside of `0..C`. Run-time sizes that differ raise [`Error::Sizes`].
///
/// ```
/// use congruent::{metrics::top_k_accuracy, prelude::*};
/// let logits = Cpu.tensor([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]]);
/// assert_eq!(top_k_accuracy(&logits, &Cpu.tensor([2, 1]), 2)?, 0.5);
/// # Ok::<(), congruent::Error>(())
/// ```
#[track_caller]
pub fn top_k_accuracy<S, L, E, D, A>(
    logits: &Tensor<S, E, D>,
    labels: &Tensor<L, i64, A>,
    k: usize,
) -> Result<f64, Error>
where
    S: LastAxis<Init: SameRows<L>>,
    L: Shape,
    E: Real,
    D: Device + SameDevice<A>,
    A: Device,
{
    hold("rows and labels", logits.shape().init(), labels.shape());
    let (logits, labels, classes) = (logits.to_vec(), labels.to_vec(), logits.shape().last().size());
    let mut right = 0u64;
    for (position, &label) in labels.iter().enumerate() {
        let row = &logits[position * classes..][..classes];
        let own = usize::try_from(label).ok().and_then(|label| row.get(label));
        let own = own.ok_or(Error::Label { label, position, classes })?.as_f64();
        let larger = row.iter().filter(|x| x.as_f64() > own || x.as_f64().is_nan()).count();
        right += u64::from(larger < k);
    }
    Ok(right as f64 / labels.len() as f64)
}
