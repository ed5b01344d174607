//! Schedules that fall along half a wave.

use super::super::optimizer::not_negative;
use super::value::{Schedule, some_steps};
use std::f64::consts::PI;

impl Schedule {
    /// `to + (from - to) · (1 + cos(π · step / steps)) / 2`: PyTorch's `CosineAnnealingLR`. Loshchilov and Hutter 2016,
    /// arXiv:1608.03983.
    ///
    /// It arrives at `to` in step `steps`. After that it rises again, as in PyTorch, and comes back to `from` at
    /// `2 · steps`, unless another one follows: `.then(Schedule::constant(to))`. Rates that are negative, infinite or
    /// NaN and no steps raise [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::cosine(0.5, 0.1, 10).then(Schedule::constant(0.1));
    /// let near = |step: u64, lr: f64| (schedule.at(step) - lr).abs() < 1e-12;
    /// assert!(near(0, 0.5) && near(5, 0.3) && near(10, 0.1) && near(15, 0.1));
    /// ```
    #[track_caller]
    pub fn cosine(from: f64, to: f64, steps: u64) -> Self {
        let [from, to] = [from, to].map(|lr| not_negative("learning rate", lr));
        let steps = some_steps("number of steps of a cosine", steps);
        // Whole waves left out, the angle keeps its digits.
        Schedule::lambda(move |step| fall(from, to, (step % steps.saturating_mul(2)) as f64 / steps as f64))
            .lasting(steps)
    }

    /// Such waves one after the other, each `factor` times as long as the one before, the first of `steps`: PyTorch's
    /// `CosineAnnealingWarmRestarts`, SGDR. Loshchilov and Hutter 2016, arXiv:1608.03983.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::cosine_restarts(0.5, 0.1, 10, 2);
    /// assert_eq!([0, 10, 30, 70].map(|step| schedule.at(step)), [0.5; 4]);
    /// assert!((schedule.at(20) - 0.3).abs() < 1e-12);
    /// ```
    #[track_caller]
    pub fn cosine_restarts(from: f64, to: f64, steps: u64, factor: u64) -> Self {
        let [from, to] = [from, to].map(|lr| not_negative("learning rate", lr));
        let steps = some_steps("number of steps of a cosine", steps);
        let factor = some_steps("factor of the lengths of waves", factor);
        Schedule::lambda(move |step| {
            let (mut step, mut steps) = (if factor == 1 { step % steps } else { step }, steps);
            while step >= steps {
                step -= steps;
                steps = steps.saturating_mul(factor);
            }
            fall(from, to, step as f64 / steps as f64)
        })
    }
}

/// From one rate to another along half a wave.
pub(super) fn fall(from: f64, to: f64, part: f64) -> f64 {
    to + (from - to) * (1.0 + (PI * part).cos()) / 2.0
}
