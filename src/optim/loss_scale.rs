//! The factor on a loss that keeps gradients within 16 bits.
//!
//! Apart from the optimizers, whose state and steps know nothing of it: it is divided out before they see a gradient.

use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::model::{GradMath, Grads, Tree};
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// The largest power of two that an `f16` holds: backward begins with the scale itself.
const MOST: f64 = 32768.0;
/// The smallest number that an `f16` holds with all its digits.
const LEAST: f64 = 1.0 / 16384.0;

/// A scale of the loss that grows while gradients are finite, and falls where one is not: PyTorch's `GradScaler`.
///
/// Backward in `f16` loses what is below 6e-8 and makes infinities above 65504: gradients of a loss that is `scale`
/// times as large stand between. After [`interval`](Self::interval) good steps in a row `scale ← 2 · scale`, up to
/// 32768, the largest power of two of `f16`; where a gradient is infinite or NaN `scale ← scale / 2`, down to 2⁻¹⁴, and
/// the step is not to be taken. Micikevicius and others 2018, arXiv:1710.03740.
///
/// ```
/// use congruent::{optim::LossScale, prelude::*};
/// let mut model = Linear::<D<3>, D<1>>::new(Key::new(0));
/// let mut optimizer = AdamW::new(&model, 0.01);
/// let (x, y) = (Cpu.ones_of::<f16, _>((D::<4>, D::<3>)), Cpu.zeros_of::<f16, _>((D::<4>, D::<1>)));
/// let mut scale = LossScale::new();
/// for _ in 0..10 {
///     let (_, mut grads) = model.value_and_grad_in::<f16, _>(scale.value(), |m| m.forward(&x).mse(&y))?;
///     if scale.accepts(&grads) {
///         optimizer.clip_grad_norm(&mut grads, 1.0); // they are not scaled any more
///         optimizer.step(&mut model, &grads);
///     }
/// }
/// // What it has seen is a text, for checkpoints.
/// assert_eq!(scale.to_string().parse::<LossScale>()?, scale);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "GradScaler")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossScale {
    value: f64,
    growth: f64,
    backoff: f64,
    interval: u64,
    /// Good steps since the scale has changed.
    good: u64,
}

impl LossScale {
    /// PyTorch's settings, but for the first scale, which is 32768 here: growth 2, backoff 0.5, interval 2000.
    pub const fn new() -> Self {
        LossScale { value: MOST, growth: 2.0, backoff: 0.5, interval: 2000, good: 0 }
    }

    /// Another first scale, from 2⁻¹⁴ to 32768; others raise [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn starting_at(self, value: f64) -> Self {
        if !(LEAST..=MOST).contains(&value) {
            let rule = "it is from 2^-14 to 32768, which f16 holds";
            raise(Error::Value { what: "loss scale", found: value.to_string(), rule });
        }
        LossScale { value, ..self }
    }

    /// What the scale is multiplied by after good steps, at least 1 and finite; others raise [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn growth(self, factor: f64) -> Self {
        if !(1.0..f64::INFINITY).contains(&factor) {
            let rule = "it is finite, and at least 1";
            raise(Error::Value { what: "growth of a loss scale", found: factor.to_string(), rule });
        }
        LossScale { growth: factor, ..self }
    }

    /// What the scale is multiplied by after a bad step, above 0 and below 1; others raise [`Error::Value`].
    #[must_use]
    #[track_caller]
    pub fn backoff(self, factor: f64) -> Self {
        if !(factor > 0.0 && factor < 1.0) {
            let rule = "it is above 0 and below 1";
            raise(Error::Value { what: "backoff of a loss scale", found: factor.to_string(), rule });
        }
        LossScale { backoff: factor, ..self }
    }

    /// How many good steps in a row make it grow; 0 counts as 1.
    #[must_use]
    pub fn interval(self, steps: u64) -> Self {
        let interval = steps.max(1);
        LossScale { interval, good: self.good.min(interval - 1), ..self }
    }

    /// The scale of the next step, for [`value_and_grad_in`](crate::model::TrainIn::value_and_grad_in).
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// Whether all gradients are finite, so that the step is to be taken; the scale grows or falls by that.
    pub fn accepts<E: Real, D: Device, G: Tree<Grads<E, D>>>(&mut self, grads: &G) -> bool {
        let finite = grads.norm().is_finite();
        if !finite {
            (self.value, self.good) = ((self.value * self.backoff).max(LEAST), 0);
            return false;
        }
        self.good += 1;
        if self.good >= self.interval {
            (self.value, self.good) = ((self.value * self.growth).min(MOST), 0);
        }
        true
    }
}

impl Default for LossScale {
    fn default() -> Self {
        LossScale::new()
    }
}

/// `value growth backoff interval good`, five numbers with all their digits.
impl Display for LossScale {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let LossScale { value, growth, backoff, interval, good } = self;
        write!(f, "{value} {growth} {backoff} {interval} {good}")
    }
}

impl FromStr for LossScale {
    type Err = Error;

    /// # Errors
    /// [`Error::Value`] for another number of words, words that are no numbers, and numbers that no scale has.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            let rule = "`value growth backoff interval good`, as it is printed";
            Error::Value { what: "text of a loss scale", found: format!("`{text}`"), rule }
        };
        let words: Vec<&str> = text.split(' ').collect();
        let [value, growth, backoff, interval, good] = words[..] else { return Err(wrong()) };
        let number = |word: &str| word.parse::<f64>().map_err(|_| wrong());
        let count = |word: &str| word.parse::<u64>().map_err(|_| wrong());
        let scale = LossScale {
            value: number(value)?,
            growth: number(growth)?,
            backoff: number(backoff)?,
            interval: count(interval)?,
            good: count(good)?,
        };
        let sound = (LEAST..=MOST).contains(&scale.value)
            && (1.0..f64::INFINITY).contains(&scale.growth)
            && scale.backoff > 0.0
            && scale.backoff < 1.0
            && scale.interval > 0
            && scale.good < scale.interval;
        if sound { Ok(scale) } else { Err(wrong()) }
    }
}
