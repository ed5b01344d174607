//! Where sequences end, and what becomes of states and slopes behind the end.
//!
//! Apart from the loop over time (`operation`, `through_time`), which asks at each step.

use super::gating::{Examples, Rows, Slopes};
use crate::device::Device;
use crate::dims::One;
use crate::dtype::Real;
use crate::ops::{Condition, Evaluate};
use crate::tensor::{Create, Tensor};

/// How many steps of each example count.
pub(super) enum Ends {
    /// All.
    All,
    /// As many as its length.
    At(Vec<i64>),
}

impl Ends {
    /// What is told of the examples that have not ended before a step; nothing where none has.
    pub(super) fn running<E: Real, D: Device>(
        &self,
        time: usize,
        rows: &Rows<E, D>,
    ) -> Option<Tensor<(Examples, One), bool, D>> {
        let Ends::At(lengths) = self else { return None };
        if lengths.iter().all(|&length| length > time as i64) {
            return None;
        }
        Some(rows.device.from_fn((rows.shape.0, One::default()), |example| lengths[example] > time as i64))
    }

    /// The new ones of examples that have not ended, else the old ones.
    pub(super) fn kept<E: Real, D: Device>(&self, time: usize, new: Rows<E, D>, old: &Rows<E, D>) -> Rows<E, D> {
        match self.running(time, &new) {
            Some(running) => running.where_(&new, old).eval(),
            None => new,
        }
    }

    /// Those of examples that have not ended, else zeros.
    pub(super) fn shown<E: Real, D: Device>(&self, time: usize, rows: Rows<E, D>) -> Rows<E, D> {
        match self.running(time, &rows) {
            Some(running) => running.where_(&rows, 0.0).eval(),
            None => rows,
        }
    }

    /// The slopes of a step of those that have not ended.
    pub(super) fn slopes<E: Real, D: Device>(&self, time: usize, slopes: Slopes<E, D>) -> Slopes<E, D> {
        let gates = slopes.gates.into_iter().map(|gate| self.shown(time, gate)).collect();
        Slopes { gates, last_of_state: slopes.last_of_state.map(|gate| self.shown(time, gate)), ..slopes }
    }
}
