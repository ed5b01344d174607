//! What a run is made of: model, optimizer, and what else is asked for.
//!
//! Apart from the run itself, which needs data and a loss: here each method sets one thing.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::report::Progress;
use super::settings::{Monitor, Rate, Settings};
use crate::data::Epochs;
use crate::device::{Cpu, Device};
use crate::dtype::Real;
use crate::error::{Error, attempt};
use crate::graph::{Node, Operand};
use crate::metrics::WeightedMean;
use crate::model::{FrozenForm, ScalarShape, Train, Tree, Weights};
use crate::optim::{Optimizer, Plateau, Schedule};
use crate::random::Key;

/// Trains a model: epochs of batches, one step each, with what is asked for around it.
///
/// The plain loop is three lines (`value_and_grad`, `step`, and the loop), and stays the way for whatever is not here.
/// A trainer borrows model and optimizer, [`fit`](Trainer::fit) is given data and loss, and returns a
/// [`Report`](super::Report).
///
/// All randomness is a function of the [key](Trainer::key): the order of an epoch and what batches draw come from
/// `key.fold_in(epoch).fold_in(0)`, what a step draws, such as the masks of dropout, from
/// `key.fold_in(epoch).fold_in(1).fold_in(batch)`. So a run that goes on from its checkpoint takes the steps, to the
/// bit, that it would have taken.
///
/// ```
/// use congruent::{prelude::*, training::Trainer};
/// dims! { Batch = ?, Features = 3 }
/// let x = Cpu.normal((Batch(96), Features), Key::new(1), 0.0, 1.0);
/// let y = (x.sum_keepdim::<1>() * 0.5).eval();
/// let (train, test) = TensorDataset::new((x, y))?.split(0.75, Key::new(2))?;
/// let (train, test) = (Loader::new(train, Batch(8))?.workers(2), Loader::new(test, Batch(8))?);
///
/// let mut model = Linear::<Features, D<1>>::new(Key::new(3));
/// let mut optimizer = AdamW::new(&model, 0.05);
/// let report = Trainer::new(&mut model, &mut optimizer)
///     .epochs(30)
///     .patience(3)
///     .validate(&test, |m, (x, y)| m.forward(x.ex()).mse(&y))
///     .fit(&train, |m, (x, y)| m.forward(x.ex()).mse(&y))?;
/// assert!(report.best.and_then(|best| best.score("validation")).is_some_and(|loss| loss < 1e-3));
/// # Ok::<(), congruent::Error>(())
/// ```
pub struct Trainer<'a, R, M: Tree<Weights<E, D>>, E: Real = f32, D: Device = Cpu> {
    pub(super) model: &'a mut M,
    pub(super) optimizer: &'a mut Optimizer<R, M, E, D>,
    pub(super) settings: Settings,
    pub(super) measures: Vec<(String, Measure<'a, M>)>,
    pub(super) watch: Option<Box<dyn FnMut(&Progress<'_>) -> ControlFlow<()> + 'a>>,
    pub(super) stop: Option<&'a AtomicBool>,
}

/// What is asked of the model at the end of an epoch.
pub(super) type Measure<'a, M> = Box<dyn FnMut(&M) -> Result<f64, Error> + 'a>;

/// What [`Trainer::validate`] calls its number.
pub(super) const VALIDATION: &str = "validation";

impl<'a, R, M: Tree<Weights<E, D>>, E: Real, D: Device> Trainer<'a, R, M, E, D> {
    /// A run of one epoch, a step for each batch, with the learning rate of the optimizer and nothing around it.
    pub fn new(model: &'a mut M, optimizer: &'a mut Optimizer<R, M, E, D>) -> Self {
        let (settings, measures) = (Settings::new(), Vec::new());
        Trainer { model, optimizer, settings, measures, watch: None, stop: None }
    }

    /// How many epochs there are in all, those before a restart among them.
    #[must_use]
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.settings.epochs = epochs;
        self
    }

    /// The key that all randomness of the run comes from; that of seed 0 where nothing is said.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.settings.key = key;
        self
    }

    /// One step for so many batches in a row, by the gradient of their mean, weighted by their sizes: as if they were
    /// one batch, in the memory of one. The last step of an epoch has what is left. 0 is an error of `fit`.
    ///
    /// Running statistics are those that the last of the batches has recorded.
    #[must_use]
    pub fn accumulate(mut self, batches: usize) -> Self {
        self.settings.accumulate = batches;
        self
    }

    /// Scales gradients so that their norm is at most `max`: [`Optimizer::clip_grad_norm`].
    #[must_use]
    pub fn clip_grad_norm(mut self, max: f64) -> Self {
        self.settings.clip_norm = Some(max);
        self
    }

    /// Moves every element of the gradients into `[-max, max]`, before the norm is clipped:
    /// [`clip_grad_value`](crate::optim::clip_grad_value).
    #[must_use]
    pub fn clip_grad_value(mut self, max: f64) -> Self {
        self.settings.clip_value = Some(max);
        self
    }

    /// The learning rate of each step, counted by the optimizer.
    #[must_use]
    pub fn schedule(mut self, schedule: impl Into<Schedule>) -> Self {
        self.settings.rate = Rate::Schedule(schedule.into());
        self
    }

    /// A learning rate that falls when the [monitored](Trainer::monitor) number has not become better; in place of a
    /// [schedule](Trainer::schedule).
    #[must_use]
    pub fn plateau(mut self, plateau: Plateau) -> Self {
        self.settings.rate = Rate::Plateau(plateau);
        self
    }

    /// Measures the mean loss over other data, in order, at the end of each epoch, as `"validation"`: nothing is
    /// dropped or recorded, and batches are weighted by their sizes. The closure reads as that of
    /// [`fit`](Trainer::fit), but its model is made of constants.
    #[must_use]
    pub fn validate<T, L>(self, data: &'a T, loss: impl Fn(FrozenForm<M, Weights<E, D>>, T::Batch) -> L + 'a) -> Self
    where
        T: Epochs,
        L: Operand<E = E, D = D, S: ScalarShape, N: Node<E>>,
    {
        self.measure(VALIDATION, move |model| {
            let mut mean = WeightedMean::new();
            let mut batches = attempt(|| data.in_order())?;
            for number in 0.. {
                let Some(batch) = attempt(|| batches.next())? else { break };
                let run = |m| {
                    let loss = loss(m, batch).ex();
                    loss.device.download_scalar(&loss.materialise()).as_f64()
                };
                mean.add(model.infer(run)?, data.size(number));
            }
            Ok(mean.value())
        })
    }

    /// Measures a number at the end of each epoch: an accuracy, a score over all data, a picture that is drawn on the
    /// way. Of two with one name the last one stays. The names `"loss"`, `"lr"`, `"epoch"`, `"steps"` and `"batch"` are
    /// those of the [log](Trainer::log): such a measure is an error of `fit`.
    ///
    /// ```
    /// use congruent::{prelude::*, training::Trainer};
    /// let data = Loader::new(TensorDataset::new((Cpu.ones::<Shape![4, 1]>(),))?, D::<2>)?;
    /// let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
    /// let mut optimizer = Sgd::new(&model, 0.1);
    /// let report = Trainer::new(&mut model, &mut optimizer)
    ///     .measure("bias", |model| Ok(f64::from(model.bias.as_slice()[0])))
    ///     .fit(&data, |m, (x,)| m.forward(&x).square().mean())?;
    /// assert_eq!(report.history[0].score("bias"), Some(f64::from(model.bias.as_slice()[0])));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[must_use]
    pub fn measure(mut self, name: impl Into<String>, measure: impl FnMut(&M) -> Result<f64, Error> + 'a) -> Self {
        let name = name.into();
        self.measures.retain(|(other, _)| *other != name);
        self.measures.push((name, Box::new(measure)));
        self
    }

    /// Epochs are compared by the number of this name, the smallest is the best. Where nothing is said it is
    /// `"validation"` if that is measured, else `"loss"`, the loss of training.
    #[must_use]
    pub fn monitor(mut self, name: impl Into<String>) -> Self {
        self.settings.monitor = Some(Monitor { name: name.into(), largest: false });
        self
    }

    /// Epochs are compared by the number of this name, the largest is the best: an accuracy.
    #[must_use]
    pub fn monitor_largest(mut self, name: impl Into<String>) -> Self {
        self.settings.monitor = Some(Monitor { name: name.into(), largest: true });
        self
    }

    /// Stops after so many epochs in a row whose [monitored](Trainer::monitor) number was no better than the best
    /// before them; NaN is not better. 0 counts as 1. The model is then that of the last epoch: the best one is in
    /// `best.safetensors`, see [`checkpoints`](Trainer::checkpoints).
    #[must_use]
    pub fn patience(mut self, epochs: u64) -> Self {
        self.settings.patience = Some(epochs.max(1));
        self
    }

    /// Writes [checkpoints](crate::io::Checkpoint) into a folder, which is made where it is not there: at the end of
    /// each epoch and of the run `last.safetensors`, and `best.safetensors` where the epoch was the best so far. Each
    /// is whole or the old one, whenever the process is killed.
    ///
    /// A run that begins replaces the files of an earlier one.
    #[must_use]
    pub fn checkpoints(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.folder = Some(folder.into());
        self
    }

    /// Writes `last.safetensors` in the midst of an epoch, too, whenever the optimizer has taken a multiple of so many
    /// steps.
    #[must_use]
    pub fn checkpoint_every(mut self, steps: u64) -> Self {
        self.settings.every = Some(steps);
        self
    }

    /// Goes on from `last.safetensors` where the folder of [`checkpoints`](Trainer::checkpoints) has one; begins where
    /// it has none, or nothing is said of a folder.
    #[must_use]
    pub fn resume(mut self) -> Self {
        self.settings.resume = true;
        self
    }

    /// Writes a line of JSON for each epoch: `epoch`, `steps`, `lr`, `loss` and what was measured, NaN as `null`. A
    /// line is in the file as soon as the epoch has ended. A run that goes on cuts off what stands behind its
    /// checkpoint, so that no line comes twice; one that begins begins the file anew.
    #[must_use]
    pub fn log(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.log = Some(path.into());
        self
    }

    /// A line of the log for every so manieth step, too, with `epoch`, `batch`, `steps`, `lr`, `loss` and `norm`.
    #[must_use]
    pub fn log_every(mut self, steps: u64) -> Self {
        self.settings.log_every = Some(steps);
        self
    }

    /// Writes event files for [TensorBoard](super::TensorBoard) into a folder, one at each start: `step/loss`,
    /// `step/lr` and `step/norm` of each step, or of every so manieth as [`log_every`](Trainer::log_every) says, and at
    /// the end of each epoch `epoch/loss` and what was measured, such as `epoch/validation`. All are over the steps of
    /// the optimizer. Of a run that goes on, TensorBoard shows no step twice; of one that begins, nothing that an
    /// earlier one has written there.
    #[must_use]
    pub fn tensorboard(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.board = Some(folder.into());
        self
    }

    /// Shows the run to a function after each step and at the end of each epoch, for a progress bar; `Break` ends it as
    /// [`stop_by`](Trainer::stop_by) does.
    #[must_use]
    pub fn watch(mut self, watch: impl FnMut(&Progress<'_>) -> ControlFlow<()> + 'a) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Ends the run after the step at hand once the flag is set, with a checkpoint of it: by a signal handler, another
    /// thread.
    #[must_use]
    pub fn stop_by(mut self, flag: &'a AtomicBool) -> Self {
        self.stop = Some(flag);
        self
    }
}
