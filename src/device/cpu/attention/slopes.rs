//! The loop over a tile on the way back: weights once more, and what they hand on to queries, keys and values.
//!
//! Apart from the tasks because it is compiled for each instruction set.
#![allow(unsafe_code, reason = "tiles are pointers and steps")]

use super::sight::KEYS;
use super::tile::{Grouped, Groups, Scores, Word, product};
use crate::num::{Kernel, Lane, in_tiles};
use std::ptr::null_mut;

/// Rows that products read, and the sums that they are added to.
#[derive(Clone, Copy)]
pub(super) struct Sums<W> {
    /// Rows, each padded to `len` elements.
    pub(super) rows: *const W,
    pub(super) len: usize,
    /// A row for each row of the other side; null where no gradient is wanted.
    pub(super) sums: *mut W,
}

impl<W> Sums<W> {
    fn wanted(&self) -> bool {
        !self.sums.is_null()
    }

    /// None.
    pub(super) fn none() -> Self {
        Sums { rows: null_mut(), len: 0, sums: null_mut() }
    }
}

/// What a block of queries hands on in a tile of keys.
pub(super) struct Slopes<W> {
    pub(super) scores: Scores<W>,
    /// Values, element by element, as the keys lie.
    pub(super) values: *const W,
    /// The gradient of the result, one row behind the other, each padded to `deep` elements.
    pub(super) gradient: *const W,
    pub(super) depth: usize,
    pub(super) deep: usize,
    /// For each query two numbers, and the product of the result with its gradient.
    pub(super) kept: *const W,
    pub(super) dots: *const W,
    /// Room for the weights of all queries, and for the gradients of scores.
    pub(super) weights: *mut W,
    pub(super) slopes: *mut W,
    /// Keys, and the gradients of queries; queries, and those of keys; those of values.
    pub(super) to_q: Sums<W>,
    pub(super) to_k: Sums<W>,
    pub(super) to_v: Sums<W>,
}

impl<W: Word> Kernel<W> for Slopes<W> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<W>>(self) {
        // SAFETY: whoever makes one vouches for its places.
        unsafe {
            in_tiles::<W, V>(Groups(self.scores.rows, &OfQueries(&self)));
            if self.to_k.wanted() || self.to_v.wanted() {
                in_tiles::<W, V>(Groups(self.scores.reach.keys, &OfKeys(&self)));
            }
        }
    }
}

/// What is done to queries.
struct OfQueries<'a, W>(&'a Slopes<W>);

impl<W: Word> Grouped<W> for OfQueries<'_, W> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn group<V: Lane<W>, const R: usize>(&self, first: usize, count: usize) {
        // SAFETY: the caller's contract.
        unsafe { self.0.queries::<V, R>(first, count) }
    }
}

/// What is done to keys.
struct OfKeys<'a, W>(&'a Slopes<W>);

impl<W: Word> Grouped<W> for OfKeys<'_, W> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn group<V: Lane<W>, const R: usize>(&self, first: usize, _: usize) {
        // SAFETY: the caller's contract.
        unsafe { self.0.keys::<V, R>(first) }
    }
}

impl<W: Word> Slopes<W> {
    /// The weights of `rows` queries, at most `R`, the gradients of their scores, and what these hand on to them.
    ///
    /// # Safety
    /// All places are there.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn queries<V: Lane<W>, const R: usize>(&self, row: usize, rows: usize) {
        let scores = &self.scores;
        let terms = scores.reach.most(scores.first + row, rows);
        let columns = terms.next_multiple_of(V::N);
        let place = row * KEYS;
        // SAFETY: the caller's contract.
        unsafe {
            let (weights, slopes) = (self.weights.add(place), self.slopes.add(place));
            scores.raw::<V, R>(row, columns, weights);
            let (gradient, values) = (self.gradient.add(row * self.deep), (self.values, scores.step));
            product::<W, V, R>((gradient, self.deep, 1), values, [self.depth, columns], |r, column, sum| {
                sum.store(slopes.add(r * KEYS + column), V::N);
            });
            for r in 0..rows {
                self.row::<V>(row + r, columns);
            }
            if self.to_q.wanted() && terms > 0 {
                let Sums { rows: keys, len, sums } = self.to_q;
                product::<W, V, R>((slopes, KEYS, 1), (keys, len), [terms, len], |r, column, sum| {
                    let place = sums.add((row + r) * len + column);
                    (V::load(place, V::N) + sum).store(place, V::N);
                });
            }
        }
    }

    /// The weights of a query, and the gradients of its scores; 0 where keys are hidden, and behind the columns.
    ///
    /// # Safety
    /// The row is one of the block, whose products lie in the first columns.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn row<V: Lane<W>>(&self, row: usize, columns: usize) {
        let (zero, seen) = (V::c(0.0), self.scores.seen(row));
        // SAFETY: the caller's contract.
        unsafe {
            let (weights, slopes) = (self.weights.add(row * KEYS), self.slopes.add(row * KEYS));
            let (shift, over) = (V::splat(*self.kept.add(2 * row)), V::splat(*self.kept.add(2 * row + 1)));
            let dot = V::splat(*self.dots.add(row));
            for column in (0..columns).step_by(V::N) {
                let score: V = self.scores.of_row(row, seen, column, weights);
                let hidden = |weight| V::select_eq(score, V::c(f64::NEG_INFINITY), zero, weight);
                let weight = hidden((score - shift).exp() * over);
                let slope = hidden(weight * (V::load(slopes.add(column), V::N) - dot)) * V::c(self.scores.scale);
                weight.store(weights.add(column), V::N);
                slope.store(slopes.add(column), V::N);
            }
            for column in (columns..self.scores.reach.keys.next_multiple_of(V::N)).step_by(V::N) {
                zero.store(weights.add(column), V::N);
                zero.store(slopes.add(column), V::N);
            }
        }
    }

    /// What all queries hand on to `R` keys, or as many of them as there are, and to their values.
    ///
    /// # Safety
    /// All places are there.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn keys<V: Lane<W>, const R: usize>(&self, key: usize) {
        let Scores { reach, first, rows, .. } = self.scores;
        // Queries that come before the first key hand nothing on.
        let blind = reach.blind(first, rows, key);
        for (factors, Sums { rows: others, len, sums }) in [(self.weights, self.to_v), (self.slopes, self.to_k)] {
            if sums.is_null() || blind == rows {
                continue;
            }
            // SAFETY: the caller's contract.
            unsafe {
                let (a, b) = (factors.add(blind * KEYS + key), others.add(blind * len));
                product::<W, V, R>((a, 1, KEYS), (b, len), [rows - blind, len], |r, column, sum| {
                    let place = sums.add((key + r) * len + column);
                    (V::load(place, V::N) + sum).store(place, V::N);
                });
            }
        }
    }
}
