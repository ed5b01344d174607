//! Which keys of a tile a query sees.
//!
//! Apart from the loops because the order of queries and keys, masks and biases are one thing to them: a number of
//! keys from the first on, and what is added to scores.
#![allow(unsafe_code, reason = "masks are pointers and strides")]

use super::call::{Lines, Seen};
use super::pack::Laid;
use crate::dtype::Real;
use crate::num::{Kernel, Lane, Simd, dispatch};

/// Keys of a tile.
pub(super) const KEYS: usize = 128;

/// How many keys of a tile each query sees at most, from the first on.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    /// Keys of the tile.
    pub(super) keys: usize,
    /// Keys that the first query sees in the tile; it may be less than none.
    ahead: isize,
    causal: bool,
    queries: usize,
}

impl Reach {
    /// Of the tile that begins at this key: the last query sees all keys, each one before it one less.
    pub(super) fn new(causal: bool, [queries, all]: [usize; 2], start: usize) -> Self {
        let ahead = all as isize - queries as isize + 1 - start as isize;
        Reach { keys: KEYS.min(all - start), ahead, causal, queries }
    }

    /// Keys that a query sees at most; queries are counted through all heads that share the keys.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn of(&self, query: usize) -> usize {
        if !self.causal {
            return self.keys;
        }
        (self.ahead + (query % self.queries) as isize).clamp(0, self.keys as isize) as usize
    }

    /// The most keys that one of these queries sees.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn most(&self, first: usize, count: usize) -> usize {
        (first..first + count).map(|query| self.of(query)).max().unwrap_or(0)
    }

    /// How many of these queries, from the first on, do not see key `key` of the tile, where each sees more than those
    /// before it.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn blind(&self, first: usize, count: usize, key: usize) -> usize {
        if !self.causal || first / self.queries != (first + count - 1) / self.queries {
            return 0;
        }
        (key as isize - self.ahead - (first % self.queries) as isize + 1).clamp(0, count as isize) as usize
    }
}

/// What a mask or a bias adds to the scores of a block: a row of [`KEYS`] for each query; -inf hides.
pub(super) struct Veil<E> {
    seen: Seen<E>,
    index: [usize; 4],
}

impl<E: Real> Veil<E> {
    pub(super) fn new(seen: Seen<E>, index: [usize; 4]) -> Self {
        Veil { seen, index }
    }

    /// Elements that are to be had for the rows of a block.
    pub(super) fn room(&self, rows: usize) -> usize {
        if matches!(self.seen, Seen::All) { 0 } else { rows * KEYS }
    }

    /// Lays it down for these queries and keys; null where nothing is added.
    ///
    /// # Safety
    /// Queries and keys are those of the head, and `to` has room for them.
    pub(super) unsafe fn lay(
        &self,
        [first, rows]: [usize; 2],
        [column, columns]: [usize; 2],
        to: *mut E::Wide,
    ) -> *const E::Wide {
        match self.seen {
            Seen::All => return std::ptr::null(),
            Seen::Mask(mask) => dispatch(Hidden { from: mask.head(self.index), first, rows, column, columns, to }),
            Seen::Bias(bias) => {
                let from = bias.head(self.index);
                dispatch(Laid { from, first, rows, column, columns, to, step: KEYS, finite: false });
            }
        }
        to
    }
}

/// 0 where a mask holds, -inf elsewhere.
struct Hidden<W> {
    from: Lines<bool>,
    first: usize,
    rows: usize,
    column: usize,
    columns: usize,
    to: *mut W,
}

impl<W: Simd<Wide = W>> Kernel<W> for Hidden<W> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<W>>(self) {
        let mut two = [W::default(); 2];
        V::c(f64::NEG_INFINITY).lanes(&mut two[..1]);
        for i in 0..self.rows {
            let line = self.from.row(self.first + i).wrapping_offset(self.column as isize * self.from.column);
            for j in 0..self.columns {
                // SAFETY: an element of the mask, and its place (whoever makes one vouches for these).
                unsafe {
                    let seen = *line.wrapping_offset(j as isize * self.from.column);
                    *self.to.add(i * KEYS + j) = two[usize::from(seen)];
                }
            }
        }
    }
}
