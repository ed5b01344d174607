//! What optimizers do to weights.

use super::cpu::{Cpu, update};
use super::storage::Storage;
use crate::dtype::{Elem, Real};
use crate::loops::Update;
use crate::memory::Buf;

/// Updates of weights. By default the host makes them.
pub trait UpdateWork: Storage {
    /// Renews a weight and its state from its gradient in one loop. A weight or state that shares its memory gets
    /// memory of its own first.
    ///
    /// `exact` is what the weights were before they were rounded to 16 bits: the formula is given this where the weight
    /// is still what it was rounded to, so that changes below a step of the type add up. Other types pass nothing.
    ///
    /// The numbers of a formula (its learning rate, its decay) are fields of it, and another step brings others: a
    /// device passes them to its loop, and does not compile them into it.
    ///
    /// # Panics
    /// When the buffers differ in length.
    fn update<E: Real, U: Update<N>, const N: usize>(
        self,
        update: U,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: [&mut Buf<E::Precise>; N],
        exact: Option<&mut Buf<E::Precise>>,
    ) {
        let mut here = (over(self, weight), state.each_ref().map(|state| over(self, state)));
        let mut unrounded = exact.as_ref().map(|exact| over(self, exact));
        let gradient = self.read(gradient);
        update::update(update, here.0.make_mut(), &gradient, here.1.each_mut(), unrounded.as_mut());
        *weight = self.adopt(here.0);
        state.into_iter().zip(here.1).for_each(|(state, renewed)| *state = self.adopt(renewed));
        exact.into_iter().zip(unrounded).for_each(|(exact, renewed)| *exact = self.adopt(renewed));
    }
}

/// A copy in host memory.
fn over<D: Storage, E: Elem>(device: D, buf: &Buf<E>) -> Buf<E> {
    Buf::adopted(device.download(buf))
}

impl UpdateWork for Cpu {
    fn update<E: Real, U: Update<N>, const N: usize>(
        self,
        update: U,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: [&mut Buf<E::Precise>; N],
        exact: Option<&mut Buf<E::Precise>>,
    ) {
        update::update(update, weight.make_mut(), gradient.host(), state, exact);
    }
}
