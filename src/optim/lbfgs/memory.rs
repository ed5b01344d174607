//! What L-BFGS has seen, and the direction that follows from it.

use super::long::Long;
use crate::device::Device;
use crate::dtype::Real;

/// The gradient before, the move since then, and the pairs, the oldest first.
pub(super) struct Memory<E: Real, D> {
    pub(super) gradient: Option<Long<E, D>>,
    pub(super) moved: Option<Long<E, D>>,
    pub(super) pairs: Vec<Pair<E, D>>,
}

/// A move and the change of the gradient with it, and `1 / (move · change)`.
pub(super) struct Pair<E: Real, D> {
    pub(super) moved: Long<E, D>,
    pub(super) change: Long<E, D>,
    inverse: f64,
}

impl<E: Real, D: Device> Pair<E, D> {
    /// A pair that tells a curvature.
    pub(super) fn new(moved: Long<E, D>, change: Long<E, D>) -> Option<Self> {
        let product = change.dot(&moved);
        (product > 1e-10).then(|| Pair { moved, change, inverse: 1.0 / product })
    }
}

impl<E: Real, D: Device> Memory<E, D> {
    /// Takes in the gradient after the last move.
    pub(super) fn see(&mut self, gradient: &Long<E, D>, history: usize) {
        if let (Some(before), Some(moved)) = (&self.gradient, self.moved.take()) {
            self.pairs.extend(Pair::new(moved, gradient.plus(before, -1.0)));
        }
        self.pairs.drain(..self.pairs.len().saturating_sub(history));
        self.gradient = Some(gradient.clone());
    }

    /// `-H g`, by two loops over the pairs. Nocedal 1980, "Updating quasi-Newton matrices with limited storage".
    pub(super) fn direction(&self, gradient: &Long<E, D>) -> Long<E, D> {
        let mut direction = gradient.scaled(-1.0);
        let Some(last) = self.pairs.last() else { return direction };
        let mut along = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let part = pair.moved.dot(&direction) * pair.inverse;
            direction = direction.plus(&pair.change, -part);
            along.push(part);
        }
        direction = direction.scaled(1.0 / last.inverse / last.change.dot(&last.change));
        for (pair, part) in self.pairs.iter().zip(along.into_iter().rev()) {
            let own = pair.change.dot(&direction) * pair.inverse;
            direction = direction.plus(&pair.moved, part - own);
        }
        direction
    }
}
