//! A learning rate that falls when a loss does no longer.
//!
//! Apart from the schedules, which know nothing but the step: this one remembers what it has seen.

use super::super::is_setting;
use super::super::optimizer::{below_one, not_negative};
use crate::error::Error;
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// A learning rate that is multiplied by a factor when a number has not become better for a while: PyTorch's
/// `ReduceLROnPlateau`.
///
/// A number is better where it is below `best · (1 - threshold)`, or above `best · (1 + threshold)` where the
/// [`largest`](Self::largest) is the best; [`absolute`](Self::absolute) thresholds are added. After more than
/// `patience` numbers in a row that are not, NaN among them, `lr ← max(factor · lr, least)`; the next `cooldown`
/// numbers do not count.
///
/// ```
/// use congruent::{io::Checkpoint, optim::{Plateau, PlateauState}, prelude::*};
/// let mut plateau = Plateau::new(0.1).patience(1).factor(0.5);
/// assert_eq!([1.0, 0.5, 0.5, 0.6, 0.2].map(|loss| plateau.observe(loss)), [0.1, 0.1, 0.1, 0.05, 0.05]);
/// // opt.set_lr(plateau.lr()) before a step; what it remembers is a text.
/// let beside = Checkpoint::new().text("plateau", plateau.state());
/// let mut again = Plateau::new(0.1).patience(1).factor(0.5);
/// again.resume(beside.get::<PlateauState>("plateau")?);
/// assert_eq!(again, plateau);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    factor: f64,
    patience: u64,
    cooldown: u64,
    threshold: f64,
    absolute: bool,
    largest: bool,
    least: f64,
    eps: f64,
    state: PlateauState,
}

/// What a [`Plateau`] has seen so far; as text `lr best bad cooling`, four numbers with all their digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateauState {
    lr: f64,
    /// None has been seen where it is infinite.
    best: f64,
    /// How many in a row were not better.
    bad: u64,
    /// How many do not count yet.
    cooling: u64,
}

impl Plateau {
    /// PyTorch's settings: factor 0.1, patience 10, no cooldown, threshold 1e-4 of the best, which is the smallest;
    /// least rate 0, least change 1e-8. A rate that is negative, infinite or NaN raises [`Error::Value`], as do such
    /// settings below.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        let state = PlateauState { lr: not_negative("learning rate", lr), best: f64::INFINITY, bad: 0, cooling: 0 };
        let (factor, patience, cooldown, threshold) = (0.1, 10, 0, 1e-4);
        let (absolute, largest) = (false, false);
        Plateau { factor, patience, cooldown, threshold, absolute, largest, least: 0.0, eps: 1e-8, state }
    }

    /// What the rate is multiplied by, below 1.
    #[must_use]
    #[track_caller]
    pub fn factor(self, factor: f64) -> Self {
        Plateau { factor: below_one("factor", factor), ..self }
    }

    /// How many numbers in a row may be no better.
    #[must_use]
    pub fn patience(self, patience: u64) -> Self {
        Plateau { patience, ..self }
    }

    /// How many numbers do not count after the rate has fallen.
    #[must_use]
    pub fn cooldown(self, cooldown: u64) -> Self {
        Plateau { cooldown, ..self }
    }

    /// By which part of the best a number is better.
    #[must_use]
    #[track_caller]
    pub fn threshold(self, threshold: f64) -> Self {
        Plateau { threshold: not_negative("threshold", threshold), absolute: false, ..self }
    }

    /// By how much a number is better, whatever the best is.
    #[must_use]
    #[track_caller]
    pub fn absolute(self, threshold: f64) -> Self {
        Plateau { threshold: not_negative("threshold", threshold), absolute: true, ..self }
    }

    /// The largest number is the best, as of accuracies. It is said before the first number is seen.
    #[must_use]
    pub fn largest(self) -> Self {
        Plateau { largest: true, state: PlateauState { best: f64::NEG_INFINITY, ..self.state }, ..self }
    }

    /// The rate that it never falls below.
    #[must_use]
    #[track_caller]
    pub fn least(self, least: f64) -> Self {
        Plateau { least: not_negative("least learning rate", least), ..self }
    }

    /// Changes of the rate that are not larger than this are left out.
    #[must_use]
    #[track_caller]
    pub fn eps(self, eps: f64) -> Self {
        Plateau { eps: not_negative("eps", eps), ..self }
    }

    /// The learning rate as it is now.
    pub fn lr(&self) -> f64 {
        self.state.lr
    }

    /// Takes in a number, as of an epoch, and returns the learning rate from now on.
    pub fn observe(&mut self, number: f64) -> f64 {
        let better = self.is_better(number);
        let state = &mut self.state;
        if better {
            (state.best, state.bad) = (number, 0);
        } else {
            state.bad = state.bad.saturating_add(1);
        }
        if state.cooling > 0 {
            (state.cooling, state.bad) = (state.cooling - 1, 0);
        }
        if state.bad > self.patience {
            let lr = (state.lr * self.factor).max(self.least);
            if state.lr - lr > self.eps {
                state.lr = lr;
            }
            (state.cooling, state.bad) = (self.cooldown, 0);
        }
        state.lr
    }

    fn is_better(&self, number: f64) -> bool {
        let (best, threshold) = (self.state.best, if self.largest { self.threshold } else { -self.threshold });
        let bound = if self.absolute { best + threshold } else { best * (1.0 + threshold) };
        if self.largest { number > bound } else { number < bound }
    }

    /// What it has seen, to be saved: `Checkpoint::new().text("plateau", plateau.state())`.
    pub fn state(&self) -> PlateauState {
        self.state
    }

    /// Goes on from what another one of these settings has seen.
    pub fn resume(&mut self, state: PlateauState) {
        self.state = state;
    }
}

impl Display for PlateauState {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {} {}", self.lr, self.best, self.bad, self.cooling)
    }
}

impl FromStr for PlateauState {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut words = text.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let state = (word().parse(), word().parse(), word().parse(), word().parse());
        match (state, words.next()) {
            ((Ok(lr), Ok(best), Ok(bad), Ok(cooling)), None) if is_setting(lr) && !f64::is_nan(best) => {
                Ok(PlateauState { lr, best, bad, cooling })
            }
            _ => {
                let rule = "it is a learning rate, a number and two counts, by single spaces";
                Err(Error::Value { what: "text of a plateau's state", found: text.to_owned(), rule })
            }
        }
    }
}
