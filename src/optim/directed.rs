//! Steps along a direction that is made of a whole parameter, not element by element.
//!
//! Apart from `optimizer`, whose updates see one element: LAMB measures the direction, Muon multiplies it.

use super::Renewal;
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::precise;
use crate::num::Num;

impl<E: Real, D: Device> Renewal<'_, E, D> {
    /// Applies a formula that leaves the weight as it is, and whose last number of state is not remembered: it is the
    /// direction, which is returned.
    pub(super) fn direction<U: Update<N>, const N: usize>(&mut self, formula: U) -> Buf<E::Precise> {
        let (device, len) = (self.device, self.weight.len());
        if self.state.len() < N - 1 {
            self.state.resize(N - 1, None);
        }
        let mut direction = device.zeroed(len);
        let kept = self.state.iter_mut().take(N - 1).map(|state| state.get_or_insert_with(|| device.zeroed(len)));
        {
            let mut all = kept.chain([&mut direction]);
            let state = std::array::from_fn(|_| all.next().expect("there are as many now"));
            device.update(formula, self.weight, self.gradient, state, self.exact.as_deref_mut());
        }
        direction
    }

    /// The weight that [`direction`](Self::direction) has seen, before it was rounded.
    pub(super) fn exact(&self) -> Buf<E::Precise> {
        match &self.exact {
            Some(exact) => (**exact).clone(),
            None => precise(self.device, self.weight.clone()),
        }
    }

    /// `w ← keep · w - lr · d`
    pub(super) fn descend(self, mut direction: Buf<E::Precise>, keep: f64, lr: f64) {
        self.device.update(Along { keep, lr }, self.weight, self.gradient, [&mut direction], self.exact);
    }
}

#[derive(Clone, Copy)]
struct Along {
    keep: f64,
    lr: f64,
}

impl Update<1> for Along {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, _: V, [direction]: [V; 1]) -> (V, [V; 1]) {
        (direction.fma(V::c(-self.lr), weight * self.keep), [direction])
    }
}
