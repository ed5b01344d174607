//! The plain recurrent layer: one gate, and the state is what comes out of it.
//!
//! Apart from the loop over time, which all recurrent layers share.

use super::gating::{Gating, Moment, Rows, Slopes};
use super::start::AtZero;
use crate::device::Device;
use crate::dims::D;
use crate::dtype::Real;
use crate::ops::{Activations, Condition, Evaluate, UnaryMath};

/// The formula of an [`Rnn`](super::Rnn)'s step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RnnGates {
    /// Whether the function of the gate is `relu` in place of tanh: PyTorch's `nonlinearity="relu"`.
    pub relu: bool,
}

impl Gating for RnnGates {
    type Gates = D<1>;
    type States<T> = [T; 1];
    type Zeros<E: Real> = AtZero<1>;
    const NAME: &'static str = "rnn";

    fn each<T>(make: impl FnMut(usize) -> T) -> [T; 1] {
        std::array::from_fn(make)
    }

    fn step<E: Real, D: Device>(self, now: &Moment<'_, E, D>, _: &[Rows<E, D>]) -> Vec<Rows<E, D>> {
        vec![if self.relu { now.gate(0).relu().eval() } else { now.gate(0).tanh().eval() }]
    }

    fn back<E: Real, D: Device>(
        self,
        _: &Moment<'_, E, D>,
        (_, after): (&[Rows<E, D>], &[Rows<E, D>]),
        gradient: &[Rows<E, D>],
    ) -> Slopes<E, D> {
        let (h, dh) = (&after[0], &gradient[0]);
        let gate = match self.relu {
            true => h.gt(0.0).where_(dh, 0.0).eval(),
            false => (dh * (-h.square() + 1.0)).eval(),
        };
        Slopes { gates: vec![gate], last_of_state: None, states: vec![None] }
    }
}
