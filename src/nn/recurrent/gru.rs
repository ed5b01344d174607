//! Gated recurrent units: gates say how much of the state is looked at, and how much of it stays.
//!
//! Apart from the loop over time, which all recurrent layers share.

use super::gating::{Gating, Moment, Rows, Slopes};
use super::start::AtZero;
use crate::device::Device;
use crate::dims::D;
use crate::dtype::Real;
use crate::ops::{Activations, Evaluate, UnaryMath};

/// The formula of a [`Gru`](super::Gru)'s step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GruGates;

const RESET: usize = 0;
const STAY: usize = 1;
const NEW: usize = 2;

impl Gating for GruGates {
    type Gates = D<3>;
    type States<T> = [T; 1];
    type Zeros<E: Real> = AtZero<1>;
    const NAME: &'static str = "gru";

    fn each<T>(make: impl FnMut(usize) -> T) -> [T; 1] {
        std::array::from_fn(make)
    }

    fn step<E: Real, D: Device>(self, now: &Moment<'_, E, D>, before: &[Rows<E, D>]) -> Vec<Rows<E, D>> {
        let new = (now.of_input(NEW) + now.gate(RESET).sigmoid() * now.of_state(NEW)).tanh().eval();
        vec![(&new + now.gate(STAY).sigmoid() * (&before[0] - &new)).eval()]
    }

    fn back<E: Real, D: Device>(
        self,
        now: &Moment<'_, E, D>,
        (before, _): (&[Rows<E, D>], &[Rows<E, D>]),
        gradient: &[Rows<E, D>],
    ) -> Slopes<E, D> {
        let [r, z] = [RESET, STAY].map(|gate| now.gate(gate).sigmoid().eval());
        let n = (now.of_input(NEW) + &r * now.of_state(NEW)).tanh().eval();
        let (h, dh) = (&before[0], &gradient[0]);
        let of_new = (dh * (-&z + 1.0) * (-n.square() + 1.0)).eval();
        let of_reset = (&of_new * now.of_state(NEW) * (&r - r.square())).eval();
        let of_stay = (dh * (h - &n) * (&z - z.square())).eval();
        let (last_of_state, state) = ((&of_new * &r).eval(), (dh * &z).eval());
        Slopes { gates: vec![of_reset, of_stay, of_new], last_of_state: Some(last_of_state), states: vec![Some(state)] }
    }
}
