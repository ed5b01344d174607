//! One cycle: up to a large rate, and down to a small one.

use super::super::optimizer::not_negative;
use super::cosine::fall;
use super::value::{Schedule, some_steps};
use crate::error::{Error, raise};

/// The settings of a [`Schedule`] that rises to a large rate and falls to a small one: PyTorch's `OneCycleLR`. Smith
/// and Topin 2017, arXiv:1708.07120.
///
/// From `max / div_factor` it rises to `max` until step `pct_start · steps - 1`, then falls to `max / div_factor /
/// final_div_factor` until step `steps - 1`, both along half a wave; after that it stays.
/// [`three_phase`](Self::three_phase) falls to where it began first, in as many steps as it rose, and from there on in
/// the rest. Where PyTorch divides by 0, as at `pct_start · steps = 1`, the phase is over.
///
/// ```
/// use congruent::{optim::OneCycle, prelude::*};
/// let schedule: Schedule = OneCycle::new(0.1, 100).into();
/// let near = |step: u64, lr: f64| (schedule.at(step) - lr).abs() < 1e-12;
/// assert!(near(0, 0.1 / 25.0) && near(29, 0.1) && near(99, 0.1 / 25.0 / 1e4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    max: f64,
    steps: u64,
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
    linear: bool,
    three_phase: bool,
}

impl OneCycle {
    /// PyTorch's settings: 3 of 10 steps rise, factors 25 and 1e4, waves, two phases. A rate that is negative,
    /// infinite or NaN and no steps raise [`Error::Value`].
    #[track_caller]
    pub fn new(max: f64, steps: u64) -> Self {
        let max = not_negative("learning rate", max);
        let steps = some_steps("number of steps of a cycle", steps);
        OneCycle {
            max,
            steps,
            pct_start: 0.3,
            div_factor: 25.0,
            final_div_factor: 1e4,
            linear: false,
            three_phase: false,
        }
    }

    /// Which part of the steps rises, from 0 to 1; others raise [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn pct_start(self, pct_start: f64) -> Self {
        if !(0.0..=1.0).contains(&pct_start) {
            let (what, found) = ("part of a cycle that rises", pct_start.to_string());
            raise(Error::Value { what, found, rule: "it is from 0 to 1" });
        }
        OneCycle { pct_start, ..self }
    }

    /// How many times smaller than the largest the first rate is; a number that is not positive raises
    /// [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn div_factor(self, div_factor: f64) -> Self {
        OneCycle { div_factor: divisor("divisor of the first learning rate", div_factor), ..self }
    }

    /// How many times smaller than the first the last rate is; a number that is not positive raises [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        OneCycle { final_div_factor: divisor("divisor of the last learning rate", final_div_factor), ..self }
    }

    /// Rises and falls along lines.
    #[must_use]
    pub fn linear(self) -> Self {
        OneCycle { linear: true, ..self }
    }

    /// Falls to where it began in as many steps as it rose, then on.
    #[must_use]
    pub fn three_phase(self) -> Self {
        OneCycle { three_phase: true, ..self }
    }

    /// Where the phases end, and at which rates; the first begins at step 0.
    fn phases(&self) -> [(f64, f64); 3] {
        let (steps, first) = (self.steps as f64, self.max / self.div_factor);
        let (rise, end) = (self.pct_start * steps, (steps - 1.0, first / self.final_div_factor));
        // PyTorch's numbers; a fall that would end after the cycle is cut off there.
        let back = (2.0 * rise - 2.0, first);
        [(rise - 1.0, self.max), if self.three_phase { back } else { end }, end]
    }

    fn at(&self, step: u64) -> f64 {
        let (step, mut from) = (step.min(self.steps - 1) as f64, (0.0, self.max / self.div_factor));
        for (end, lr) in self.phases() {
            if step <= end {
                let part = if end > from.0 { (step - from.0) / (end - from.0) } else { 1.0 };
                return if self.linear { from.1 + (lr - from.1) * part } else { fall(from.1, lr, part) };
            }
            from = (end, lr);
        }
        from.1
    }
}

#[track_caller]
fn divisor(what: &'static str, value: f64) -> f64 {
    match not_negative(what, value) {
        0.0 => raise(Error::Value { what, found: value.to_string(), rule: "it is above 0" }),
        value => value,
    }
}

impl From<OneCycle> for Schedule {
    fn from(cycle: OneCycle) -> Self {
        Schedule::lambda(move |step| cycle.at(step)).lasting(cycle.steps)
    }
}
