//! Attention on the device: tiles of scores that stay in the memory of a block, and are computed again for the
//! gradients.
//!
//! Each result and each gradient is written by one block, which adds up in an order that sizes alone decide.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::{Grid, THREADS, Text};
use super::token::Cuda;
use crate::device::{AttentionWork, Storage};
use crate::dtype::Real;
use crate::loops::{Attention, AttentionSizes, HeadPlace, Sight};
use crate::memory::Buf;

/// Threads of a block in either direction, bytes of the numbers of a tile's side, and columns of a result that a block
/// computes: as the kernels say.
const ACROSS: usize = 16;
const SIDE_BYTES: usize = 256;
const WIDE: usize = 128;

/// What a kernel reads and writes beside the operands: addresses of rows in order.
#[derive(Clone, Copy, Default)]
struct Lines {
    out: u64,
    gradient: u64,
    kept: u64,
    dots: u64,
}

impl<const ORDINAL: usize> AttentionWork for Cuda<ORDINAL> {
    #[track_caller]
    fn attend<E: Real>(self, how: &Attention<'_, E>) -> (Buf<E>, Buf<E>) {
        held(how);
        let (sizes, (queries, elements)) = (how.sizes, how.sizes.results());
        if sizes.is_empty() {
            return (self.zeroed(elements), self.zeroed(0));
        }
        let out = self.unwritten(elements);
        let kept = self.unwritten(2 * queries * E::WORDS);
        let lines = Lines { out: self.address(&out), kept: self.address(&kept), ..Lines::default() };
        let grid = self.jobs::<E>(sizes, [sizes.rows(), sizes.depth]);
        // SAFETY: the places are inside of their memory, and there are as many results and numbers beside them.
        unsafe { self.run((Text::Attention(E::NAME), "attend"), grid, &self.words(how, lines, None)) }
        (out, kept)
    }
    #[track_caller]
    fn attend_back<E: Real>(
        self,
        how: &Attention<'_, E>,
        [kept, out, gradient]: [&Buf<E>; 3],
        places: [Option<(HeadPlace, usize)>; 3],
    ) -> [Option<Buf<E>>; 3] {
        held(how);
        how.assert_results([kept, out, gradient].map(Buf::len));
        let sizes = how.sizes;
        if sizes.is_empty() {
            return places.map(|place| place.map(|(_, len)| self.zeroed(len)));
        }
        how.assert_apart(places);
        let [kept, out, gradient] = [kept, out, gradient].map(|buf| self.address(buf));
        let (text, queries) = (Text::Attention(E::NAME), sizes.results().0);
        let products = self.unwritten::<E>(queries * E::WORDS);
        let lines = Lines { out, gradient, kept, dots: self.address(&products) };
        // SAFETY: there are so many results and gradients of these, and a place for the product of each row.
        unsafe { self.run((text, "attend_dots"), self.over(queries), &self.words(how, lines, None)) }
        let kernels = [
            ("attend_to_queries", [sizes.rows(), sizes.width]),
            ("attend_to_keys", [sizes.keys, sizes.width]),
            ("attend_to_values", [sizes.keys, sizes.depth]),
        ];
        let mut slopes = [None, None, None];
        for ((slope, place), (kernel, work)) in slopes.iter_mut().zip(places).zip(kernels) {
            let Some((place, len)) = place else { continue };
            let to = self.unwritten::<E>(len);
            let words = self.words(how, lines, Some((place, self.address(&to))));
            // SAFETY: as above; the places of a gradient are all of its elements, each one once.
            unsafe { self.run((text, kernel), self.jobs::<E>(sizes, work), &words) }
            *slope = Some(to);
        }
        slopes
    }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// The argument of all kernels.
    #[track_caller]
    fn words<E: Real>(self, how: &Attention<'_, E>, lines: Lines, to: Option<(HeadPlace, u64)>) -> Vec<u64> {
        let AttentionSizes { batch, shared, queries, keys, width, depth } = how.sizes;
        let (sight, veil) = match how.sight {
            Sight::All => (0, [0; 8]),
            Sight::Mask(mask) => (1, head_words::<bool>(mask.place, self.address(mask.buf))),
            Sight::Bias(bias) => (2, head_words::<E>(bias.place, self.address(bias.buf))),
        };
        // A power of two, so that as many values as there are keys add up to no more than the largest of them.
        let damp = (keys.next_power_of_two() as f64).recip();
        let mut words = vec![how.sizes.count() as u64];
        words.extend(batch.iter().chain(&[shared, queries, keys, width, depth]).map(|&size| size as u64));
        words.extend([u64::from(how.causal), sight, how.scale.to_bits(), damp.to_bits()]);
        words.extend(how.operands.iter().flat_map(|it| head_words::<E>(it.place, self.address(it.buf))));
        words.extend(veil);
        words.extend([lines.out, lines.gradient, lines.kept, lines.dots]);
        words.extend(to.map_or([0; 8], |(place, address)| head_words::<E>(place, address)));
        words
    }

    /// A block for each tile of so many rows of each head, and for some of their columns.
    fn jobs<E: Real>(self, sizes: AttentionSizes, [rows, columns]: [usize; 2]) -> Grid {
        let side = SIDE_BYTES / size_of::<E::Wide>();
        let jobs = sizes.count().saturating_mul(rows.div_ceil(side)).saturating_mul(columns.div_ceil(WIDE));
        Grid { threads: [ACROSS; 2], ..self.over(jobs.saturating_mul(THREADS)) }
    }
}

/// A panic where a place is outside of its memory.
fn held<E: Real>(how: &Attention<'_, E>) {
    let veil = match how.sight {
        Sight::All => 0,
        Sight::Mask(mask) => mask.buf.len(),
        Sight::Bias(bias) => bias.buf.len(),
    };
    how.assert_inside(how.operands.map(|operand| operand.buf.len()), veil);
}

/// Where the rows of all heads lie, in memory that begins at an address.
fn head_words<E>(place: HeadPlace, address: u64) -> [u64; 8] {
    let [a, b, c, d] = place.batch.map(|step| step as u64);
    let start = address + (place.offset * size_of::<E>()) as u64;
    [start, a, b, c, d, place.shared as u64, place.row as u64, place.column as u64]
}
