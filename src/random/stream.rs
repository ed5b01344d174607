//! As many numbers for one element as its draw happens to need.
//!
//! Apart from the key because a draw by rejection does not know how often it is refused: each element has a stream of
//! its own, counted by attempts, so that no element's luck moves another's numbers.

use super::key::{Key, Purpose, unit_f64};
use super::philox::pairs;
use core::f64::consts::TAU;

/// The numbers of element `i`: blocks `(i, 0)`, `(i, 1)`, .., two words of 64 bits in each.
pub(super) struct Stream {
    key: Key,
    element: u64,
    attempt: u32,
}

impl Stream {
    pub(super) fn new(key: Key, element: u64) -> Self {
        Self { key, element, attempt: 0 }
    }

    fn block(&mut self) -> [u64; 2] {
        let words = self.key.block(self.element, self.attempt, Purpose::Draw);
        self.attempt = self.attempt.wrapping_add(1);
        pairs(words)
    }

    /// Two uniform numbers in `(0, 1)`.
    pub(super) fn uniforms(&mut self) -> [f64; 2] {
        self.block().map(open_unit)
    }

    /// One normal number, by the first half of Box and Muller's pair.
    pub(super) fn normal(&mut self) -> f64 {
        let [u, v] = self.block().map(unit_f64);
        (-2.0 * libm::log(1.0 - u)).sqrt() * libm::cos(TAU * v)
    }
}

/// `(k + 1/2) · 2⁻⁵²`: in the unit interval without its ends, so that logarithms and quantiles are finite.
pub(super) fn open_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::open_unit;

    #[test]
    fn the_ends_are_left_out() {
        assert_eq!((open_unit(0), open_unit(u64::MAX)), (f64::EPSILON / 2.0, 1.0 - f64::EPSILON / 2.0));
    }
}
