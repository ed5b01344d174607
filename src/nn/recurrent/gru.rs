//! Gated recurrent units: gates say how much of the state is looked at, and how much of it stays.
//!
//! Apart from the loop over time, which all recurrent layers share.

use super::gating::{Gating, Moment, Rows, Slopes};
use super::start::AtZero;
use super::{Recurrent, RecurrentCell};
use crate::device::Device;
use crate::dims::D;
use crate::dtype::Real;
use crate::model::Weights;
use crate::ops::{Activations, Evaluate, UnaryMath};

/// Gated recurrent units: `(.., T, I)` gives their states at all times, `(.., T, H)`. PyTorch's `nn.GRU`.
///
/// With `[rₓ, zₓ, nₓ] = xₜ · weight_ih + bias_ih` and `[rₕ, zₕ, nₕ] = hₜ₋₁ · weight_hh + bias_hh`, in this order in the
/// weights: `r = σ(rₓ + rₕ)`, `z = σ(zₓ + zₕ)`, `n = tanh(nₓ + r · nₕ)` and `hₜ = (1 - z) · n + z · hₜ₋₁`. See
/// [`Recurrent`] for shapes, initial weights and the names in PyTorch's files. Cho and others 2014, arXiv:1406.1078;
/// `r` stands behind the product as in PyTorch and cuDNN.
///
/// ```
/// use congruent::prelude::*;
/// let gru = Gru::<D<3>, D<4>>::new(Key::new(0));
/// let x = Cpu.uniform((D::<2>, D::<5>, D::<3>), Key::new(1), -1.0, 1.0);
/// let (all, last) = gru.infer(|m| {
///     let (all, last) = m.run(&x, &Cpu.zeros::<Shape![2, 4]>());
///     (all.eval(), last.eval())
/// })?;
/// assert_eq!(all.select::<1>(-1).eval(), last);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Gru<I, H, P = Weights> = Recurrent<GruGates, I, H, P>;

/// One step of a [`Gru`]: `(.., I)` and a state `(.., H)` give the next state. PyTorch's `nn.GRUCell`.
///
/// ```
/// use congruent::prelude::*;
/// let cell = GruCell::<D<3>, D<4>>::new(Key::new(0));
/// let h = cell.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3]>(), &Cpu.zeros::<Shape![2, 4]>()).eval())?;
/// assert_eq!(h.shape(), (D::<2>, D::<4>));
/// # Ok::<(), congruent::Error>(())
/// ```
pub type GruCell<I, H, P = Weights> = RecurrentCell<GruGates, I, H, P>;

/// The formula of a [`Gru`]'s step.
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
