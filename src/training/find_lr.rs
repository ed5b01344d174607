//! Which learning rate to begin with: the loss while the rate grows.
//!
//! Apart from the trainer because nothing of it stays: model and optimizer are copies.

use crate::data::Epochs;
use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, attempt};
use crate::graph::{Node, Operand};
use crate::model::{ScalarShape, TracedForm, Train, Tree, Weights, with_key};
use crate::optim::{Optimizer, Rule, is_setting};
use crate::random::Key;

/// The rates that are tried: `steps` of them from `from` to `to`, each the same factor above the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LrRange {
    /// The first rate, above 0.
    pub from: f64,
    /// The last rate.
    pub to: f64,
    /// How many there are, at least 2.
    pub steps: usize,
    /// What decides the order of batches and the masks of dropout.
    pub key: Key,
}

/// 100 rates from 1e-7 to 10, as fastai has them.
impl Default for LrRange {
    fn default() -> Self {
        LrRange { from: 1e-7, to: 10.0, steps: 100, key: Key::new(0) }
    }
}

impl LrRange {
    /// The rate of a step. Of powers of both ends, because their ratio may be infinite.
    fn at(&self, step: usize) -> f64 {
        let part = step as f64 / (self.steps - 1) as f64;
        self.from.powf(1.0 - part) * self.to.powf(part)
    }
}

/// One rate that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LrPoint {
    /// The rate.
    pub lr: f64,
    /// The loss of the batch before the step with it.
    pub loss: f64,
    /// The running average of losses, corrected for its beginning: `0.98 · before + 0.02 · loss`.
    pub smooth: f64,
}

/// The losses over the rates that were tried; what [`find_lr`] returns.
///
/// ```
/// use congruent::training::{LrCurve, LrPoint};
/// let losses = [3.0, 3.0, 2.5, 2.0, 1.5, 1.0, 2.0];
/// let points = losses.map(|loss| LrPoint { lr: 0.1 * loss, loss, smooth: loss });
/// assert_eq!(LrCurve { points: points.to_vec() }.suggestion(), Some(0.2));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LrCurve {
    /// In the order of the rates; fewer than were asked for where the loss has left all bounds.
    pub points: Vec<LrPoint>,
}

impl LrCurve {
    /// The rate in the middle of the longest fall of the smooth loss: fastai's `valley`, which noise of single batches
    /// moves little. None where the loss never falls.
    ///
    /// The fall is the longest sequence of points, not all beside each other, each with a smaller smooth loss than the
    /// one before; its length, counted back from its last point, is what the middle is taken of.
    pub fn suggestion(&self) -> Option<f64> {
        let smooth = |place: usize| self.points[place].smooth;
        // How long the longest fall is that ends at each point.
        let mut lengths: Vec<usize> = Vec::new();
        for end in 0..self.points.len() {
            let before = (0..end).filter(|&place| smooth(place) > smooth(end)).map(|place| lengths[place]);
            lengths.push(before.max().unwrap_or(0) + 1);
        }
        // The first of equals.
        let (end, &length) = lengths.iter().enumerate().rev().max_by_key(|(_, length)| **length)?;
        (length > 1).then(|| self.points[end - length / 2].lr)
    }
}

/// How many times the smallest smooth loss ends the search.
const LEFT_ALL_BOUNDS: f64 = 4.0;

/// Trains a copy with a learning rate that grows from step to step, and returns the losses. Smith 2015,
/// arXiv:1506.01186.
///
/// It ends early where the smooth loss is above four times its smallest value, or not finite. Where the data are fewer
/// than the steps, further epochs follow. Model and optimizer stay as they are.
///
/// # Errors
/// [`Error::Value`] for rates that are not finite or not above 0, fewer than 2 steps, and data without a batch; what
/// making a batch or the loss finds.
///
/// ```
/// use congruent::{prelude::*, training::{LrRange, find_lr}};
/// dims! { Batch = ? }
/// let x = Cpu.normal((Batch(64), D::<3>), Key::new(1), 0.0, 1.0);
/// let y = x.sum_keepdim::<1>().eval();
/// let data = Loader::new(TensorDataset::new((x, y))?, Batch(16))?;
/// let model = Linear::<D<3>, D<1>>::new(Key::new(2));
/// let range = LrRange { from: 1e-4, ..LrRange::default() };
/// let curve = find_lr(&model, &Sgd::new(&model, 0.0), &data, range, |m, (x, y)| m.forward(x.ex()).mse(&y))?;
/// assert!(curve.suggestion().is_some_and(|lr| (1e-3..1.0).contains(&lr)));
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn find_lr<R, M, E, D, T, L>(
    model: &M,
    optimizer: &Optimizer<R, M, E, D>,
    data: &T,
    range: LrRange,
    loss: impl Fn(TracedForm<M, Weights<E, D>>, T::Batch) -> L,
) -> Result<LrCurve, Error>
where
    R: Rule,
    M: Tree<Weights<E, D>> + Clone,
    E: Real,
    D: Device,
    Optimizer<R, M, E, D>: Clone,
    T: Epochs,
    L: Operand<E = E, D = D, S: ScalarShape, N: Node<E>>,
{
    check(range, data.len())?;
    let (mut model, mut optimizer) = (model.clone(), optimizer.clone());
    let (mut points, mut average, mut least) = (Vec::new(), 0.0, f64::INFINITY);
    for epoch in 0.. {
        let mut batches = attempt(|| data.epoch(range.key.fold_in(epoch).fold_in(0)))?;
        while let Some(batch) = attempt(|| batches.next())? {
            let (step, key) = (points.len(), range.key.fold_in(epoch).fold_in(1).fold_in(points.len() as u64));
            let lr = range.at(step);
            let (value, grads) = with_key(key, || model.value_and_grad(|m| loss(m, batch)))?;
            let value = value.as_f64();
            average = 0.98 * average + 0.02 * value;
            let smooth = average / (1.0 - 0.98f64.powf((step + 1) as f64));
            if !smooth.is_finite() || smooth > LEFT_ALL_BOUNDS * least.abs() && smooth > least {
                return Ok(LrCurve { points });
            }
            least = least.min(smooth);
            points.push(LrPoint { lr, loss: value, smooth });
            if points.len() == range.steps {
                return Ok(LrCurve { points });
            }
            attempt(|| {
                optimizer.set_lr(lr);
                optimizer.step(&mut model, &grads);
            })?;
        }
    }
    Ok(LrCurve { points })
}

fn check(range: LrRange, batches: usize) -> Result<(), Error> {
    let wrong = |what, found: String, rule| Err(Error::Value { what, found, rule });
    if ![range.from, range.to].iter().all(|&lr| is_setting(lr) && lr > 0.0) {
        let found = format!("{} to {}", range.from, range.to);
        return wrong("range of learning rates", found, "both ends are finite and above 0");
    }
    if range.steps < 2 {
        return wrong("number of learning rates", range.steps.to_string(), "there are at least 2");
    }
    match batches {
        0 => Err(Error::Empty { what: "an epoch of the data".to_owned() }),
        _ => Ok(()),
    }
}
