//! How queries look at keys: all that [`attention_with`](super::Attending::attention_with) may be told.
//!
//! Apart from the methods because layers and programs keep it as a value.

use super::sight::{BiasedBy, Everything, MaskedBy};

/// How queries look at keys: in order or all at once, by which scale, and past which mask or bias `M`, one of them:
/// where both are wanted, a bias of -inf hides. The order is said first.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]]);
/// let seen = Cpu.tensor_of::<bool, _>([[true, false, true]]);
/// let y = x.attention_with(&x, &x, Attend::causal().scale(0.5).mask(&seen)).eval();
/// assert_eq!(y.as_slice()[..4], [1.0, 0.0, 1.0, 0.0]); // the second query sees the first key alone
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "it says how to attend: hand it to `attention_with`"]
pub struct Attend<M = Everything> {
    pub(super) causal: bool,
    pub(super) scale: Option<f64>,
    pub(super) sight: M,
}

impl Attend {
    /// Each query sees all keys.
    pub fn all() -> Self {
        Attend { causal: false, scale: None, sight: Everything }
    }

    /// No query sees what comes after it. Of `N` queries and `M` keys, query `i` sees the keys up to `M - N + i`: the
    /// last query sees all of them, as it must where the first keys are kept from earlier calls. PyTorch's `is_causal`
    /// counts from the first key instead, which is the same where `N = M`.
    pub fn causal() -> Self {
        Attend { causal: true, ..Attend::all() }
    }

    /// A mask beside it: true where a query may see a key. Its shape stretches to `(.., N, M)`, the axes of the queries
    /// with a key in place of an element. A query that sees no key gives zeros, where PyTorch gives NaN.
    pub fn mask<C>(self, mask: C) -> Attend<MaskedBy<C>> {
        Attend { causal: self.causal, scale: self.scale, sight: MaskedBy(mask) }
    }

    /// What is added to the scores, which are scaled before, as ALiBi's distances: of a shape that stretches to
    /// `(.., N, M)`. -inf hides a key. A constant: no gradient flows to it, and a parameter that none reaches otherwise
    /// raises [`Error::Cut`](crate::Error::Cut), unless `.stop_gradient()` says that this is meant. Add what learns to
    /// the scores of an attention that is written out.
    pub fn bias<B>(self, bias: B) -> Attend<BiasedBy<B>> {
        Attend { causal: self.causal, scale: self.scale, sight: BiasedBy(bias) }
    }
}

impl<M> Attend<M> {
    /// What scores are multiplied by, in place of one over the root of the elements of a query.
    pub fn scale(self, scale: f64) -> Self {
        Attend { scale: Some(scale), ..self }
    }
}

/// Each query sees all keys.
impl Default for Attend {
    fn default() -> Self {
        Attend::all()
    }
}
