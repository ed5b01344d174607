//! The recurrent layers and their cells by name.
//!
//! Apart from the formulas, which know nothing of layers, and from the layers, which are the same for all formulas.

use super::{GruGates, LstmGates, Recurrent, RecurrentCell, RnnGates};
use crate::model::Weights;

/// A plain recurrent layer: `(.., T, I)` gives its states at all times, `(.., T, H)`. PyTorch's `nn.RNN`.
///
/// `hₜ = tanh(xₜ · weight_ih + bias_ih + hₜ₋₁ · weight_hh + bias_hh)`; with `relu` in place of tanh where
/// `layer.kind.relu` is set. See [`Recurrent`] for shapes, initial weights and the names in PyTorch's files. Elman
/// 1990, "Finding structure in time".
///
/// ```
/// use congruent::prelude::*;
/// let rnn = Rnn::<D<3>, D<4>>::new(Key::new(0));
/// let y = rnn.infer(|m| m.forward(&Cpu.ones::<Shape![2, 5, 3]>()).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<5>, D::<4>));
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Rnn<I, H, P = Weights> = Recurrent<RnnGates, I, H, P>;

/// One step of an [`Rnn`]: `(.., I)` and a state `(.., H)` give the next state. PyTorch's `nn.RNNCell`.
///
/// ```
/// use congruent::prelude::*;
/// let cell = RnnCell::<D<3>, D<4>>::new(Key::new(0));
/// let h = cell.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3]>(), &Cpu.zeros::<Shape![2, 4]>()).eval())?;
/// assert_eq!(h.shape(), (D::<2>, D::<4>));
/// # Ok::<(), congruent::Error>(())
/// ```
pub type RnnCell<I, H, P = Weights> = RecurrentCell<RnnGates, I, H, P>;

/// Long short-term memory: `(.., T, I)` gives its states at all times, `(.., T, H)`. PyTorch's `nn.LSTM`.
///
/// With `[i, f, g, o] = xₜ · weight_ih + bias_ih + hₜ₋₁ · weight_hh + bias_hh`, in this order in the weights:
/// `cₜ = σ(f) · cₜ₋₁ + σ(i) · tanh(g)` and `hₜ = σ(o) · tanh(cₜ)`. See [`Recurrent`] for shapes, initial weights and
/// the names in PyTorch's files. Hochreiter and Schmidhuber 1997; the gate `f` is that of Gers and others 2000.
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
