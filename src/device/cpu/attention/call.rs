//! One attention as raw memory.
//!
//! Apart from what computes it, which trusts these places.
#![allow(unsafe_code, reason = "pointers that go to other threads")]

use crate::dtype::Real;
use crate::loops::{Attention, AttentionSizes, HeadPlace, Heads, Sight, at};

/// What an attention reads.
pub(in crate::device) struct Slices<'a, E> {
    /// Queries, keys and values.
    pub(in crate::device) operands: [&'a [E]; 3],
    /// Nothing where there is none.
    pub(in crate::device) mask: &'a [bool],
    /// Nothing where there is none.
    pub(in crate::device) bias: &'a [E],
}

/// The rows of one head.
#[derive(Clone, Copy)]
pub(super) struct Lines<E> {
    pub(super) start: *mut E,
    pub(super) shared: isize,
    pub(super) row: isize,
    pub(super) column: isize,
    /// Rows from one head that shares keys to the next.
    pub(super) queries: usize,
}

impl<E> Lines<E> {
    /// Where a row begins, counted through all heads that share keys.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn row(&self, i: usize) -> *mut E {
        let (head, row) = (i / self.queries, i % self.queries);
        self.start.wrapping_offset(head as isize * self.shared + row as isize * self.row)
    }
}

/// The rows of all heads.
#[derive(Clone, Copy)]
pub(super) struct Side<E> {
    start: *mut E,
    place: HeadPlace,
    queries: usize,
}

impl<E> Side<E> {
    /// Rows at this place; there are so many from one head that shares keys to the next.
    pub(super) fn new(start: *mut E, place: HeadPlace, queries: usize) -> Self {
        Side { start, place, queries: queries.max(1) }
    }

    /// Rows of so many columns, one behind the other, as if of a single head; the first one begins here.
    pub(super) fn in_order(start: *mut E, offset: usize, columns: usize) -> Self {
        let place = HeadPlace { offset, batch: [0; 4], shared: 0, row: columns as isize, column: 1 };
        Side { start, place, queries: usize::MAX }
    }

    /// The rows of one head.
    pub(super) fn head(&self, index: [usize; 4]) -> Lines<E> {
        let HeadPlace { offset, batch, shared, row, column } = self.place;
        let start = self.start.wrapping_offset(at(offset, index, batch));
        Lines { start, shared, row, column, queries: self.queries }
    }
}

/// Which keys are seen, beside the order.
#[derive(Clone, Copy)]
pub(super) enum Seen<E> {
    All,
    Mask(Side<bool>),
    Bias(Side<E>),
}

/// An attention whose places all lie inside of their memory.
#[derive(Clone, Copy)]
pub(super) struct Call<E> {
    pub(super) sizes: AttentionSizes,
    pub(super) operands: [Side<E>; 3],
    pub(super) seen: Seen<E>,
    pub(super) causal: bool,
    pub(super) scale: f64,
}

// SAFETY: what it points to is only read, while the caller borrows it.
unsafe impl<E> Send for Call<E> {}
// SAFETY: as above.
unsafe impl<E> Sync for Call<E> {}

impl<E: Real> Call<E> {
    /// The attention over these slices. A panic where a place is outside of its slice.
    pub(super) fn of(how: &Attention<'_, E>, slices: &Slices<'_, E>) -> Self {
        let sizes = how.sizes;
        let veil = match how.sight {
            Sight::All => 0,
            Sight::Mask(_) => slices.mask.len(),
            Sight::Bias(_) => slices.bias.len(),
        };
        how.assert_inside(slices.operands.map(<[E]>::len), veil);
        let seen = match how.sight {
            Sight::All => Seen::All,
            Sight::Mask(Heads { place, .. }) => {
                Seen::Mask(Side::new(slices.mask.as_ptr().cast_mut(), place, sizes.queries))
            }
            Sight::Bias(Heads { place, .. }) => {
                Seen::Bias(Side::new(slices.bias.as_ptr().cast_mut(), place, sizes.queries))
            }
        };
        let side =
            |i: usize, queries| Side::new(slices.operands[i].as_ptr().cast_mut(), how.operands[i].place, queries);
        let operands = [side(0, sizes.queries), side(1, sizes.keys), side(2, sizes.keys)];
        Call { sizes, operands, seen, causal: how.causal, scale: how.scale }
    }

    /// Multiply-adds of all scores and weighted values.
    pub(super) fn work(&self) -> usize {
        let AttentionSizes { keys, width, depth, .. } = self.sizes;
        let each = keys.saturating_mul(width + depth);
        self.sizes.count().saturating_mul(self.sizes.rows()).saturating_mul(each)
    }
}
