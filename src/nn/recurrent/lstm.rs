//! Long short-term memory: beside the state there is a cell, which gates write to, keep and read.
//!
//! Apart from the loop over time, which all recurrent layers share.

use super::gating::{Gating, Moment, Rows, Slopes};
use super::start::AtZero;
use crate::device::Device;
use crate::dims::D;
use crate::dtype::Real;
use crate::ops::{Activations, Evaluate, UnaryMath};

/// The formula of an [`Lstm`](super::Lstm)'s step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LstmGates;

/// The places of the gates in the weights.
const WRITE: usize = 0;
const KEEP: usize = 1;
const NEW: usize = 2;
const READ: usize = 3;

impl Gating for LstmGates {
    type Gates = D<4>;
    type States<T> = [T; 2];
    type Zeros<E: Real> = AtZero<2>;
    const NAME: &'static str = "lstm";

    fn each<T>(make: impl FnMut(usize) -> T) -> [T; 2] {
        std::array::from_fn(make)
    }

    fn step<E: Real, D: Device>(self, now: &Moment<'_, E, D>, before: &[Rows<E, D>]) -> Vec<Rows<E, D>> {
        let kept = now.gate(KEEP).sigmoid() * &before[1];
        let c = (kept + now.gate(WRITE).sigmoid() * now.gate(NEW).tanh()).eval();
        vec![(now.gate(READ).sigmoid() * c.tanh()).eval(), c]
    }

    fn back<E: Real, D: Device>(
        self,
        now: &Moment<'_, E, D>,
        (before, after): (&[Rows<E, D>], &[Rows<E, D>]),
        gradient: &[Rows<E, D>],
    ) -> Slopes<E, D> {
        let [i, f, o] = [WRITE, KEEP, READ].map(|gate| now.gate(gate).sigmoid().eval());
        let (g, t, dh) = (now.gate(NEW).tanh().eval(), after[1].tanh().eval(), &gradient[0]);
        let dc = (&gradient[1] + dh * &o * (-t.square() + 1.0)).eval();
        let gates = vec![
            (&dc * &g * (&i - i.square())).eval(),
            (&dc * &before[1] * (&f - f.square())).eval(),
            (&dc * &i * (-g.square() + 1.0)).eval(),
            (dh * &t * (&o - o.square())).eval(),
        ];
        Slopes { gates, last_of_state: None, states: vec![None, Some((&dc * &f).eval())] }
    }
}
