//! Attention, and its gradients.

use super::cpu::{Cpu, attention};
use super::storage::Storage;
use crate::dtype::Real;
use crate::loops::{Attention, HeadPlace, Heads, Sight};
use crate::memory::Buf;
use std::borrow::Cow;

/// Attention of whole heads. By default it is computed on the host, and weights are in no memory but that of a tile.
///
/// What is added up of 16-bit floats is kept in `f32` and rounded once. A query that sees no key gives zeros.
///
/// # Panics
/// Each method, when a place is outside of its memory.
pub trait AttentionWork: Storage {
    /// The values, weighted for each query, row-major; and two numbers for each query from which its weights are found
    /// again: what is subtracted from its scores, and one over the sum of their exponentials. These are of `E::Wide`,
    /// each in the memory of `E::WORDS` elements; there are none where nothing is computed.
    fn attend<E: Real>(self, how: &Attention<'_, E>) -> (Buf<E>, Buf<E>) {
        let held = Held::of(self, how);
        let (out, kept) = attention::forward(how, &held.slices());
        (self.adopt(out), self.adopt(kept))
    }

    /// The gradients of queries, keys and values, of which places are given: where its rows lie, and its length.
    ///
    /// `kept` and `out` are what [`attend`](AttentionWork::attend) gave, `gradient` is that of the result.
    fn attend_back<E: Real>(
        self,
        how: &Attention<'_, E>,
        [kept, out, gradient]: [&Buf<E>; 3],
        places: [Option<(HeadPlace, usize)>; 3],
    ) -> [Option<Buf<E>>; 3] {
        let (held, results) = (Held::of(self, how), [kept, out, gradient].map(|result| self.read(result)));
        let results = [&*results[0], &*results[1], &*results[2]];
        let slopes = attention::backward(how, &held.slices(), results, places);
        slopes.map(|slope| slope.map(|slope| self.adopt(slope)))
    }
}

impl AttentionWork for Cpu {}

/// Everything that an attention reads, in host memory.
struct Held<'a, E: Real> {
    operands: [Cow<'a, [E]>; 3],
    mask: Cow<'a, [bool]>,
    bias: Cow<'a, [E]>,
}

impl<'a, E: Real> Held<'a, E> {
    fn of<D: Storage>(device: D, how: &Attention<'a, E>) -> Self {
        let (mut mask, mut bias) = (Cow::Borrowed(&[][..]), Cow::Borrowed(&[][..]));
        match how.sight {
            Sight::All => {}
            Sight::Mask(Heads { buf, .. }) => mask = device.read(buf),
            Sight::Bias(Heads { buf, .. }) => bias = device.read(buf),
        }
        Held { operands: how.operands.map(|operand| device.read(operand.buf)), mask, bias }
    }

    fn slices(&self) -> attention::Slices<'_, E> {
        let [q, k, v] = &self.operands;
        attention::Slices { operands: [q, k, v], mask: &self.mask, bias: &self.bias }
    }
}
