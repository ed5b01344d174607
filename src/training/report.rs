//! What is told of a run: at each step, of each epoch, at the end.
//!
//! Apart from the trainer because these are values, which users print and keep. Epochs and batches are counted from 0.

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// All epochs that were finished, those before a restart among them.
    pub history: Vec<EpochReport>,
    /// The epoch whose monitored number was the best; none where none was finished, or all were NaN.
    pub best: Option<EpochReport>,
    /// How many steps the optimizer has taken.
    pub steps: u64,
    /// Why it ended.
    pub ending: Ending,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All epochs are done.
    Epochs,
    /// The monitored number has not become better for too long.
    Patience,
    /// Somebody asked for it: a flag, or what watches.
    Stopped,
}

/// One epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochReport {
    /// Its number, from 0.
    pub epoch: u64,
    /// How many steps the optimizer had taken at its end.
    pub steps: u64,
    /// The learning rate of its last step.
    pub lr: f64,
    /// The mean loss of its batches, weighted by their sizes, each before its step.
    pub loss: f64,
    /// What was measured at its end, by name, in the order of the trainer.
    pub scores: Vec<(String, f64)>,
}

impl EpochReport {
    /// What was measured under a name; `"loss"` is the loss of training.
    ///
    /// ```
    /// use congruent::training::EpochReport;
    /// let scores = vec![("accuracy".to_owned(), 0.9)];
    /// let report = EpochReport { epoch: 0, steps: 10, lr: 0.1, loss: 2.0, scores };
    /// assert_eq!((report.score("accuracy"), report.score("loss"), report.score("f1")), (Some(0.9), Some(2.0), None));
    /// ```
    pub fn score(&self, name: &str) -> Option<f64> {
        let found = self.scores.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
        found.or_else(|| (name == LOSS).then_some(self.loss))
    }
}

/// The name of the loss of training.
pub(super) const LOSS: &str = "loss";

/// Where a run is, for whoever watches: after each step, and once more at the end of each epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<'r> {
    /// The number of the epoch, from 0.
    pub epoch: u64,
    /// How many epochs there are.
    pub epochs: u64,
    /// How many batches of this epoch are done.
    pub batch: usize,
    /// How many batches an epoch has.
    pub batches: usize,
    /// How many steps the optimizer has taken.
    pub steps: u64,
    /// The learning rate of the step.
    pub lr: f64,
    /// The mean loss of the step's batches.
    pub loss: f64,
    /// The norm of its gradients, before clipping.
    pub norm: f64,
    /// The epoch, where it has just ended.
    pub finished: Option<&'r EpochReport>,
}
