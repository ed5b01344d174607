//! What the loops of both ways share: scores of a few rows, and products of strips that stay in registers.
//!
//! Apart from these loops because the gradients need the very scores that the result was made of.
#![allow(unsafe_code, reason = "tiles are pointers and steps")]

use super::sight::{KEYS, Reach};
use crate::num::{Lane, Simd, Strips, Tiles};
use std::ops::Add;

/// A type that is computed in.
pub(super) trait Word: Simd<Wide = Self> + Add<Output = Self> + Into<f64> {}
impl<W: Simd<Wide = W> + Add<Output = W> + Into<f64>> Word for W {}

/// The scores of a block of queries in a tile of keys.
#[derive(Clone, Copy)]
pub(super) struct Scores<W> {
    /// Queries, one behind the other.
    pub(super) q: *const W,
    /// Keys, element by element, in rows of `step`.
    pub(super) keys: *const W,
    /// Keys of the largest tile, with room for whole vectors.
    pub(super) step: usize,
    /// Elements of a query.
    pub(super) width: usize,
    /// What is added, in rows of [`KEYS`]; null for nothing.
    pub(super) veil: *const W,
    /// Which keys are seen.
    pub(super) reach: Reach,
    /// The number of the first query.
    pub(super) first: usize,
    /// Queries of the block.
    pub(super) rows: usize,
    pub(super) scale: f64,
}

/// `R` rows, `row` apart, of which each element is a sum of `terms` of A times rows of B, `b_term` apart, which are
/// handed to `take` by the first of their columns; `columns` of these are a multiple of the lanes.
///
/// # Safety
/// A and B can be read, as many rows, terms and columns as are said.
#[cfg_attr(optimised, inline(always))]
pub(super) unsafe fn product<W: Word, V: Lane<W>, const R: usize>(
    (a, a_row, a_term): (*const W, usize, usize),
    (b, b_term): (*const W, usize),
    [terms, columns]: [usize; 2],
    mut take: impl FnMut(usize, usize, V),
) {
    let (a_row, a_term, b_term) = (a_row as isize, a_term as isize, b_term as isize);
    let mut column = 0;
    while column < columns {
        let strips = Strips { a, a_row, a_term, b: b.wrapping_add(column), b_term, terms };
        // SAFETY: the caller's contract.
        unsafe {
            if column + V::N < columns {
                for (r, [left, right]) in strips.sums::<V, R, 2, false>().into_iter().enumerate() {
                    take(r, column, left);
                    take(r, column + V::N, right);
                }
            } else {
                for (r, [sum]) in strips.sums::<V, R, 1, false>().into_iter().enumerate() {
                    take(r, column, sum);
                }
            }
        }
        column += 2 * V::N;
    }
}

/// What is done to a few rows at a time.
pub(super) trait Grouped<W: Word> {
    /// `count` rows from this one on, at most `R`.
    ///
    /// # Safety
    /// The rows are there, and room for `R`.
    unsafe fn group<V: Lane<W>, const R: usize>(&self, first: usize, count: usize);
}

/// So many rows, in groups as high as a tile.
pub(super) struct Groups<'a, G>(pub(super) usize, pub(super) &'a G);

impl<W: Word, G: Grouped<W>> Tiles<W> for Groups<'_, G> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tiles<V: Lane<W>, const R: usize, const M: usize, const S: usize>(self) {
        let Groups(rows, work) = self;
        for first in (0..rows).step_by(R) {
            let count = R.min(rows - first);
            // SAFETY: the caller's contract.
            unsafe {
                match count {
                    _ if count > M => work.group::<V, R>(first, count),
                    _ if count > S => work.group::<V, M>(first, count),
                    _ => work.group::<V, S>(first, count),
                }
            }
        }
    }
}

impl<W: Word> Scores<W> {
    /// The plain products of `R` queries with the first keys, into rows of [`KEYS`].
    ///
    /// # Safety
    /// There are `R` queries from this row on, and room for them.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn raw<V: Lane<W>, const R: usize>(&self, row: usize, columns: usize, to: *mut W) {
        let q = self.q.wrapping_add(row * self.width);
        // SAFETY: the caller's contract.
        unsafe {
            product::<W, V, R>((q, self.width, 1), (self.keys, self.step), [self.width, columns], |r, column, sum| {
                sum.store(to.add(r * KEYS + column), V::N);
            });
        }
    }

    /// The scores of a row in the lanes from `column` on: what it does not see is -inf.
    ///
    /// # Safety
    /// The plain products lie at `raw`, and the row is one of the block.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn of_row<V: Lane<W>>(&self, row: usize, seen: usize, column: usize, raw: *const W) -> V {
        let hidden = V::c(f64::NEG_INFINITY);
        // SAFETY: the caller's contract; rows are `KEYS` long, a multiple of the lanes.
        let mut score = unsafe { V::load(raw.add(column), V::N) } * V::c(self.scale);
        if !self.veil.is_null() {
            // SAFETY: as above.
            let added = unsafe { V::load(self.veil.add(row * KEYS + column), V::N) };
            score = V::select_eq(added, hidden, hidden, score + added);
        }
        if column + V::N > seen { score.keep_or(seen.saturating_sub(column), hidden) } else { score }
    }

    /// Keys that a row sees at most.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn seen(&self, row: usize) -> usize {
        self.reach.of(self.first + row)
    }
}
