//! Which place a quantile has among sorted elements.
//!
//! Apart from `quantile`, because it is arithmetic on one number, and users name it.

use crate::error::Error;

/// What a quantile is that lies between two elements, other than between them in proportion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
    /// The nearer one; of two that are equally near the one at an even position.
    Nearest,
    /// Their mean.
    Midpoint,
}

/// A quantile from 0 to 1, with linear interpolation or another: `0.25`, or `(0.25, Interpolation::Lower)`.
///
/// ```
/// # use congruent::prelude::*;
/// use congruent::ops::order::{Interpolation, Quantile};
/// assert_eq!(Quantile::from(0.25), 0.25.into());
/// assert_ne!(Quantile::from(0.25), (0.25, Interpolation::Lower).into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    q: f64,
    interpolation: Option<Interpolation>,
}

impl From<f64> for Quantile {
    fn from(q: f64) -> Self {
        Quantile { q, interpolation: None }
    }
}

impl From<(f64, Interpolation)> for Quantile {
    fn from((q, interpolation): (f64, Interpolation)) -> Self {
        Quantile { q, interpolation: Some(interpolation) }
    }
}

impl Quantile {
    /// The element below the quantile of `len > 0` sorted ones, and the weight of the next one.
    pub(super) fn place(self, len: usize) -> Result<(usize, f64), Error> {
        if !(0.0..=1.0).contains(&self.q) {
            return Err(Error::Value { what: "quantile", found: self.q.to_string(), rule: "it lies from 0 to 1" });
        }
        let place = self.q * (len - 1) as f64;
        let place = match self.interpolation {
            None => place,
            Some(Interpolation::Lower) => place.floor(),
            Some(Interpolation::Higher) => place.ceil(),
            Some(Interpolation::Nearest) => place.round_ties_even(),
            Some(Interpolation::Midpoint) => (place.floor() + place.ceil()) / 2.0,
        };
        Ok((place.floor() as usize, place.fract()))
    }
}
