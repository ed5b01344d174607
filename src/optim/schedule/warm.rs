//! Schedules that rise at first.

use super::super::optimizer::not_negative;
use super::value::{Schedule, some_steps};

impl Schedule {
    /// `lr · (step + 1) / (steps + 1)` up to `lr` in step `steps`, and `lr` from then on. No step has a rate of 0.
    ///
    /// A rate that is negative, infinite or NaN raises [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::warmup(0.5, 4).then(Schedule::linear(0.5, 0.0, 5));
    /// assert_eq!([0, 1, 4, 5].map(|step| schedule.at(step)), [0.1, 0.2, 0.5, 0.4]);
    /// ```
    #[track_caller]
    pub fn warmup(lr: f64, steps: u64) -> Self {
        let lr = not_negative("learning rate", lr);
        let from_one = |step: u64| step as f64 + 1.0;
        Schedule::lambda(move |step| lr * (from_one(step.min(steps)) / from_one(steps))).lasting(steps)
    }

    /// `factor · width^-½ · min(t^-½, t · warmup^-³ᐟ²)` with `t = step + 1`: it rises for `warmup` steps, and falls
    /// with the root of their number. Vaswani et al. 2017, arXiv:1706.03762, section 5.3; `width` is that of the model.
    ///
    /// A factor that is negative, infinite or NaN, and a width or number of steps of 0 raise
    /// [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::noam(1.0, 512, 4000);
    /// assert!((schedule.at(3999) - 1.0 / (512.0f64 * 4000.0).sqrt()).abs() < 1e-12);
    /// assert!(schedule.at(1000) < schedule.at(3999) && schedule.at(9000) < schedule.at(3999));
    /// ```
    #[track_caller]
    pub fn noam(factor: f64, width: u64, warmup: u64) -> Self {
        let factor = not_negative("factor of a schedule", factor);
        let width = some_steps("width of a model", width) as f64;
        let warmup = some_steps("number of steps of a warm-up", warmup) as f64;
        Schedule::lambda(move |step| {
            let t = step as f64 + 1.0;
            factor * width.powf(-0.5) * t.powf(-0.5).min(t * warmup.powf(-1.5))
        })
    }
}
