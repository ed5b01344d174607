//! What the formula of a recurrent step says, and what it is told.
//!
//! Apart from the formulas (`rnn`, `lstm`, `gru`), each of which is two functions, and from `operation`, which calls
//! them at each time.

use super::start::Start;
use crate::device::{Buf, Device};
use crate::dims::{Dim, dims};
use crate::dtype::Real;
use crate::graph::{Constant, Ex, Node, Viewed};
use crate::layout::{Axes, Strided};
use crate::tensor::Tensor;
use std::fmt::Debug;

dims! {
    /// Examples of a batch, over all axes before that of time.
    pub Examples = ?,
    /// The features of a state.
    pub Units = ?
}

/// A number for each feature of each example's state.
pub(super) type Rows<E, D> = Tensor<(Examples, Units), E, D>;

/// The same in memory of other shape.
pub(super) type Seen<E, D> = Ex<(Examples, Units), E, D, Viewed<Constant<E>, (), E>>;

/// Memory seen as rows of states: where the first one begins, and from one to the next.
pub(super) fn seen<E: Real, D: Device>(
    device: D,
    shape: (Examples, Units),
    buf: &Buf<E>,
    (offset, stride): (usize, usize),
) -> Seen<E, D> {
    let axes = Axes::last([shape.0.size(), shape.1.size()], [stride as isize, 1]);
    Ex::new(Viewed::of_memory(Strided { buf: buf.clone(), offset, axes }), shape, device)
}

/// What a step is told: sums that the gates are made of, those of the input with its bias, those of the state without.
pub struct Moment<'a, E, D> {
    pub(super) device: D,
    pub(super) shape: (Examples, Units),
    /// The gates as the input says, and where this time's begin, and from example to example.
    pub(super) of_input: (&'a Buf<E>, (usize, usize)),
    pub(super) of_state: &'a Buf<E>,
    pub(super) bias: &'a Buf<E>,
    pub(super) gates: usize,
}

impl<E: Real, D: Device> Moment<'_, E, D> {
    /// What the input says of a gate.
    pub(super) fn of_input(&self, gate: usize) -> Seen<E, D> {
        let (buf, (offset, stride)) = self.of_input;
        seen(self.device, self.shape, buf, (offset + gate * self.shape.1.size(), stride))
    }

    /// What the state says of a gate.
    pub(super) fn of_state(&self, gate: usize) -> Ex<(Examples, Units), E, D, impl Node<E> + use<E, D>> {
        let units = self.shape.1.size();
        let bias = seen(self.device, self.shape, self.bias, (gate * units, 0));
        seen(self.device, self.shape, self.of_state, (gate * units, self.gates * units)) + bias
    }

    /// A gate before its function.
    pub(super) fn gate(&self, gate: usize) -> Ex<(Examples, Units), E, D, impl Node<E> + use<E, D>> {
        self.of_input(gate) + self.of_state(gate)
    }
}

/// The gradients of a step.
pub struct Slopes<E, D> {
    /// Of each gate before its function, as the input says it.
    pub(super) gates: Vec<Rows<E, D>>,
    /// Of the last gate as the state says it, where that is another.
    pub(super) last_of_state: Option<Rows<E, D>>,
    /// Of the states before the step, where they are not by way of the gates.
    pub(super) states: Vec<Option<Rows<E, D>>>,
}

/// The formula of a recurrent step: [`RnnGates`](super::RnnGates), [`LstmGates`](super::LstmGates),
/// [`GruGates`](super::GruGates).
pub trait Gating: Copy + Debug + Default + 'static {
    /// How many gates there are: a static dim, by which the width of the state is multiplied.
    type Gates: Dim + Default;
    /// What stands for each tensor that a state consists of; the first one is what the layer gives.
    type States<T>: AsRef<[T]> + IntoIterator<Item = T>;
    /// The start of a state that begins as zeros.
    type Zeros<E: Real>: Start<E, Slopes = Self::States<Option<Buf<E>>>> + Default;
    /// What errors call the layer.
    const NAME: &'static str;

    /// Something for each tensor of a state.
    fn each<T>(make: impl FnMut(usize) -> T) -> Self::States<T>;
    /// The states after a step, from those before it.
    fn step<E: Real, D: Device>(self, now: &Moment<'_, E, D>, before: &[Rows<E, D>]) -> Vec<Rows<E, D>>;
    /// The gradients of a step, from those of the states after it.
    fn back<E: Real, D: Device>(
        self,
        now: &Moment<'_, E, D>,
        states: (&[Rows<E, D>], &[Rows<E, D>]),
        gradient: &[Rows<E, D>],
    ) -> Slopes<E, D>;
}
