//! Schedules that stay, fall in steps, or fall along a line or a power.

use super::super::optimizer::not_negative;
use super::value::{Schedule, part, some_steps};

impl Schedule {
    /// One rate for all steps.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Schedule::constant(0.1).at(1000), 0.1);
    /// ```
    #[track_caller]
    pub fn constant(lr: f64) -> Self {
        let lr = not_negative("learning rate", lr);
        Schedule::lambda(move |_| lr)
    }

    /// `lr · gammaⁿ` with `n = ⌊step / every⌋`: PyTorch's `StepLR`. Rates and factors that are negative, infinite or
    /// NaN, here and below, and numbers of steps that are 0 raise [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!([0, 29, 30, 60].map(|step| Schedule::step(0.4, 30, 0.5).at(step)), [0.4, 0.4, 0.2, 0.1]);
    /// ```
    #[track_caller]
    pub fn step(lr: f64, every: u64, gamma: f64) -> Self {
        let (lr, gamma) = (not_negative("learning rate", lr), not_negative("gamma", gamma));
        let every = some_steps("number of steps of one learning rate", every);
        Schedule::lambda(move |step| lr * gamma.powf((step / every) as f64))
    }

    /// `lr · gammaⁿ` where `n` of the milestones are reached: PyTorch's `MultiStepLR`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::multistep(0.4, &[30, 80], 0.5);
    /// assert_eq!([29, 30, 79, 80].map(|step| schedule.at(step)), [0.4, 0.2, 0.2, 0.1]);
    /// ```
    #[track_caller]
    pub fn multistep(lr: f64, milestones: &[u64], gamma: f64) -> Self {
        let (lr, gamma) = (not_negative("learning rate", lr), not_negative("gamma", gamma));
        let milestones = milestones.to_vec();
        Schedule::lambda(move |step| lr * gamma.powf(milestones.iter().filter(|&&at| at <= step).count() as f64))
    }

    /// `lr · gammaˢᵗᵉᵖ`: PyTorch's `ExponentialLR`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Schedule::exponential(0.4, 0.5).at(2), 0.1);
    /// ```
    #[track_caller]
    pub fn exponential(lr: f64, gamma: f64) -> Self {
        let (lr, gamma) = (not_negative("learning rate", lr), not_negative("gamma", gamma));
        Schedule::lambda(move |step| lr * gamma.powf(step as f64))
    }

    /// `from + (to - from) · min(step / steps, 1)`: PyTorch's `LinearLR`, whose factors are of rates here.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let schedule = Schedule::linear(0.5, 0.0, 8);
    /// assert_eq!([0, 2, 8, 100].map(|step| schedule.at(step)), [0.5, 0.375, 0.0, 0.0]);
    /// ```
    #[track_caller]
    pub fn linear(from: f64, to: f64, steps: u64) -> Self {
        let [from, to] = [from, to].map(|lr| not_negative("learning rate", lr));
        let steps = some_steps("number of steps of a line", steps);
        let rate = move |part: f64| from * (1.0 - part) + to * part; // both ends exactly
        Schedule::lambda(move |step| rate(part(step, steps))).lasting(steps)
    }

    /// `lr · (1 - min(step / steps, 1))ᵖᵒʷᵉʳ`: PyTorch's `PolynomialLR`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Schedule::polynomial(0.4, 10, 2.0).at(5), 0.1);
    /// ```
    #[track_caller]
    pub fn polynomial(lr: f64, steps: u64, power: f64) -> Self {
        let (lr, power) = (not_negative("learning rate", lr), not_negative("power of a schedule", power));
        let steps = some_steps("number of steps of a polynomial", steps);
        Schedule::lambda(move |step| lr * (1.0 - part(step, steps)).powf(power)).lasting(steps)
    }
}
