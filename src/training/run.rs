//! Where a run stands, to and from a checkpoint.
//!
//! Apart from the loop because this is all that has to be remembered: everything else is a function of it and of the
//! settings, so that a run that goes on takes the steps that it would have taken.

use std::path::Path;

use super::report::EpochReport;
use super::settings::{Rate, Settings};
use crate::device::{Cpu, Device};
use crate::dims::dims;
use crate::dtype::Real;
use crate::error::Error;
use crate::io::{Checkpoint, FileError};
use crate::metrics::WeightedMean;
use crate::model::{Tree, Weights};
use crate::optim::{Optimizer, Remember};
use crate::tensor::{Create, Tensor};

dims! {
    /// The epochs of a history.
    pub(super) Finished = ?,
    /// The numbers of an epoch.
    pub(super) Columns = ?,
}

/// The numbers of each epoch before its scores: epoch, steps, learning rate, loss.
const FIRST: usize = 4;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    /// The epoch that it is in.
    pub(super) epoch: u64,
    /// How many batches of it are done.
    pub(super) batch: usize,
    /// The loss of these.
    pub(super) loss: WeightedMean,
    pub(super) history: Vec<EpochReport>,
    /// How long the log is.
    pub(super) log: u64,
}

/// What a run has to agree on with the one that it goes on from.
pub(super) struct Identity<'r> {
    pub(super) batches: usize,
    pub(super) scores: &'r [String],
}

impl Run {
    pub(super) fn save<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device>(
        &self,
        path: &Path,
        (model, optimizer): (&M, &Optimizer<R, M, E, D>),
        settings: &Settings,
        identity: &Identity<'_>,
    ) -> Result<(), Error> {
        let [sum, weight] = self.loss.parts();
        let mut beside = Checkpoint::new()
            .text("epoch", self.epoch)
            .text("batch", self.batch)
            .text("loss_sum", sum)
            .text("loss_weight", weight)
            .text("log", self.log)
            .text("key", settings.key.bits())
            .text("batches", identity.batches)
            .text("scores", serde_json::Value::from(identity.scores))
            .tensor("history", &self.table(identity)?);
        if let Rate::Plateau(plateau) = &settings.rate {
            beside = beside.text("plateau", plateau.state());
        }
        Ok(beside.save(path, model, optimizer)?)
    }

    /// Goes on from a checkpoint: model, optimizer and plateau become as they were, or on an error stay as they are.
    pub(super) fn load<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device>(
        path: &Path,
        (model, optimizer): (&mut M, &mut Optimizer<R, M, E, D>),
        settings: &mut Settings,
        identity: &Identity<'_>,
    ) -> Result<Self, Error> {
        let beside = Checkpoint::read(path)?;
        let run = Self::of(&beside, path, settings, identity)?;
        let plateau = match &settings.rate {
            Rate::Plateau(_) => Some(beside.get("plateau")?),
            _ => None,
        };
        Checkpoint::load(path, model, optimizer)?;
        if let (Rate::Plateau(plateau), Some(state)) = (&mut settings.rate, plateau) {
            plateau.resume(state);
        }
        Ok(run)
    }

    fn of(beside: &Checkpoint, path: &Path, settings: &Settings, identity: &Identity<'_>) -> Result<Self, Error> {
        let own = [
            ("key", settings.key.bits().to_string()),
            ("batches", identity.batches.to_string()),
            ("scores", serde_json::Value::from(identity.scores).to_string()),
        ];
        for (name, own) in own {
            let found: String = beside.get(name)?;
            if found != own {
                let what = format!("`{name}` of the run is {found}, that of this trainer is {own}");
                return Err(FileError::format(&path.display().to_string(), what).into());
            }
        }
        let history: Tensor<(Finished, Columns), f64> = beside.get_tensor("history")?;
        let width = FIRST + identity.scores.len();
        if history.shape().1 != Columns(width) {
            let what = format!("the history has {} numbers an epoch, not {width}", history.shape().1.0);
            return Err(FileError::format(&path.display().to_string(), what).into());
        }
        Ok(Self {
            epoch: beside.get("epoch")?,
            batch: beside.get("batch")?,
            loss: WeightedMean::of_parts([beside.get("loss_sum")?, beside.get("loss_weight")?]),
            history: history.as_slice().chunks_exact(width).map(|row| report(row, identity.scores)).collect(),
            log: beside.get("log")?,
        })
    }

    /// The history as numbers, a row for each epoch: no digit is lost, and NaN is NaN.
    fn table(&self, identity: &Identity<'_>) -> Result<Tensor<(Finished, Columns), f64>, Error> {
        let row = |report: &EpochReport| {
            let first = [report.epoch as f64, report.steps as f64, report.lr, report.loss];
            first.into_iter().chain(report.scores.iter().map(|(_, value)| *value)).collect::<Vec<_>>()
        };
        let numbers: Vec<f64> = self.history.iter().flat_map(row).collect();
        Cpu.from_slice((Finished(self.history.len()), Columns(FIRST + identity.scores.len())), &numbers)
    }
}

fn report(row: &[f64], names: &[String]) -> EpochReport {
    let scores = names.iter().cloned().zip(row[FIRST..].iter().copied()).collect();
    EpochReport { epoch: row[0] as u64, steps: row[1] as u64, lr: row[2], loss: row[3], scores }
}
