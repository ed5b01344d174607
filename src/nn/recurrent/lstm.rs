//! Long short-term memory: beside the state there is a cell, which gates write to, keep and read.
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

/// Long short-term memory: `(.., T, I)` gives its states at all times, `(.., T, H)`. PyTorch's `nn.LSTM`.
///
/// With `[i, f, g, o] = xₜ · weight_ih + bias_ih + hₜ₋₁ · weight_hh + bias_hh`, in this order in the weights:
/// `cₜ = σ(f) · cₜ₋₁ + σ(i) · tanh(g)` and `hₜ = σ(o) · tanh(cₜ)`. See [`Recurrent`] for shapes, initial weights and the
/// names in PyTorch's files. Hochreiter and Schmidhuber 1997; the gate `f` is that of Gers and others 2000.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ?, Time = ?, Hidden = 8 }
///
/// #[derive(Model)]
/// struct Tagger<P: Part = Weights> {
///     words: Embedding<D<20>, D<6>, P>,
///     reads: Lstm<D<6>, Hidden, P>,
///     tags: Linear<Hidden, D<3>, P>,
/// }
///
/// impl<P: Forward> Tagger<P> {
///     fn forward<B: Dim, T: Dim>(self, ids: &Tensor<(B, T), i64, P::Dev>) -> Ex![P; B, T, 3] {
///         self.tags.forward(self.reads.forward(self.words.forward(ids)))
///     }
/// }
/// let key = Key::new(0);
/// let tagger = Tagger { words: Embedding::new(key), reads: Lstm::new(key), tags: Linear::new(key) };
/// let ids = Cpu.full((Batch(2), Time(5)), 7_i64);
/// assert_eq!(tagger.infer(|m| m.forward(&ids).eval())?.shape(), (Batch(2), Time(5), D::<3>));
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Lstm<I, H, P = Weights> = Recurrent<LstmGates, I, H, P>;

/// One step of an [`Lstm`]: `(.., I)` and a state and cell `(.., H)` give the next two. PyTorch's `nn.LSTMCell`.
///
/// ```
/// use congruent::prelude::*;
/// let cell = LstmCell::<D<3>, D<4>>::new(Key::new(0));
/// let (x, zeros) = (Cpu.ones::<Shape![2, 3]>(), Cpu.zeros::<Shape![2, 4]>());
/// let (h, c) = cell.infer(|m| {
///     let (h, c) = m.forward(&x, (&zeros, &zeros));
///     (h.eval(), c.eval())
/// })?;
/// assert!(h.shape() == c.shape() && h.shape() == (D::<2>, D::<4>));
/// # Ok::<(), congruent::Error>(())
/// ```
pub type LstmCell<I, H, P = Weights> = RecurrentCell<LstmGates, I, H, P>;

/// The formula of an [`Lstm`]'s step.
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
