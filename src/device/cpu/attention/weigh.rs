//! The loop over a tile: scores of a few queries, their weights, and the values weighted.
//!
//! Apart from the tasks because it is compiled for each instruction set.
#![allow(unsafe_code, reason = "tiles are pointers and steps")]

use super::sight::KEYS;
use super::tile::{Grouped, Groups, Scores, Word, product};
use crate::num::{Kernel, Lane, in_tiles};

/// What a tile of keys does to a block of queries.
pub(super) struct Weigh<W> {
    pub(super) scores: Scores<W>,
    /// Values, one behind the other, each padded to `depth` elements.
    pub(super) values: *const W,
    pub(super) depth: usize,
    /// Whether all of them are finite.
    pub(super) finite: bool,
    /// A power of two that the weights are multiplied by, so that no sum of values leaves the range of the largest.
    pub(super) damp: f64,
    /// Room for the rows of a group.
    pub(super) strip: *mut W,
    /// For each query its largest score, and the sum of exponentials.
    pub(super) most: *mut W,
    pub(super) sums: *mut W,
    /// The weighted values, each row padded as they are, and as many rows as groups have.
    pub(super) out: *mut W,
}

impl<W: Word> Kernel<W> for Weigh<W> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<W>>(self) {
        // SAFETY: whoever makes one vouches for its places.
        unsafe {
            in_tiles::<W, V>(Groups(self.scores.rows, &self));
        }
    }
}

impl<W: Word> Grouped<W> for Weigh<W> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn group<V: Lane<W>, const R: usize>(&self, row: usize, rows: usize) {
        let (scores, strip) = (&self.scores, self.strip);
        let terms = scores.reach.most(scores.first + row, rows);
        if terms == 0 {
            return;
        }
        let columns = terms.next_multiple_of(V::N);
        let mut factors = [V::c(1.0); R];
        // SAFETY: the caller's contract.
        unsafe {
            scores.raw::<V, R>(row, columns, strip);
            for (r, factor) in factors.iter_mut().enumerate().take(rows) {
                *factor = self.weights::<V>(row + r, columns, strip.add(r * KEYS));
            }
            let out = self.out.add(row * self.depth);
            let take = |r: usize, column: usize, sum: V| {
                let place = out.add(r * self.depth + column);
                V::load(place, V::N).fma(factors[r], sum).store(place, V::N);
            };
            let (weights, values) = ((strip.cast_const(), KEYS, 1), (self.values, self.depth));
            if self.finite {
                product::<W, V, R>(weights, values, [terms, self.depth], take);
            } else {
                self.seen_only::<V>(rows, terms, take);
            }
        }
    }
}

impl<W: Word> Weigh<W> {
    /// Makes weights of the plain products of a row, and goes on with its largest score and its sum; what was
    /// weighted before is to be multiplied by the result.
    ///
    /// # Safety
    /// The row is one of the block, whose products lie in the strip.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn weights<V: Lane<W>>(&self, row: usize, columns: usize, strip: *mut W) -> V {
        let (hidden, seen) = (V::c(f64::NEG_INFINITY), self.scores.seen(row));
        // SAFETY: the caller's contract.
        unsafe {
            let mut top = hidden;
            for column in (0..columns).step_by(V::N) {
                let score: V = self.scores.of_row(row, seen, column, strip);
                top = top.maximum(score);
                score.store(strip.add(column), V::N);
            }
            let before = V::splat(*self.most.add(row));
            let most = before.maximum(V::splat(top.hmax()));
            let shift = V::select_eq(most, hidden, V::c(0.0), most);
            let mut sum = V::c(0.0);
            for column in (0..columns).step_by(V::N) {
                let score = V::load(strip.add(column), V::N);
                let mut weight = (score - shift).exp() * V::c(self.damp);
                if !self.finite {
                    // By its sign a weight that is hidden is told from one that has become 0.
                    weight = V::select_eq(score, hidden, V::c(-0.0), weight);
                }
                sum = sum + weight;
                weight.store(strip.add(column), V::N);
            }
            let factor = (before - shift).exp();
            let total = V::splat(*self.sums.add(row)).fma(factor, V::splat(sum.hsum()));
            most.store(self.most.add(row), 1);
            total.store(self.sums.add(row), 1);
            factor
        }
    }

    /// The products of weights with values some of which are NaN or infinite: what is hidden takes no part.
    ///
    /// # Safety
    /// As for `group`.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn seen_only<V: Lane<W>>(&self, rows: usize, terms: usize, mut take: impl FnMut(usize, usize, V)) {
        for (r, column) in (0..rows).flat_map(|r| (0..self.depth).step_by(V::N).map(move |column| (r, column))) {
            let mut sum = V::c(0.0);
            for term in 0..terms {
                // SAFETY: the caller's contract.
                unsafe {
                    let weight = *self.strip.add(r * KEYS + term);
                    let plain: f64 = weight.into();
                    if !plain.is_sign_negative() {
                        sum = V::splat(weight).fma(V::load(self.values.add(term * self.depth + column), V::N), sum);
                    }
                }
            }
            take(r, column, sum);
        }
    }
}

/// What is left to do for a block of queries when all keys have been seen.
pub(super) struct Finish<W> {
    pub(super) rows: usize,
    pub(super) depth: usize,
    pub(super) most: *const W,
    pub(super) sums: *const W,
    pub(super) out: *mut W,
    /// What the weights were multiplied by.
    pub(super) damp: f64,
    /// For each query what is subtracted from its scores, and one over the sum; 0 where it has seen no key.
    pub(super) kept: *mut W,
}

impl<W: Word> Kernel<W> for Finish<W> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<W>>(self) {
        let zero = V::c(0.0);
        for row in 0..self.rows {
            // SAFETY: whoever makes one vouches for its places.
            unsafe {
                let (most, sum) = (V::splat(*self.most.add(row)), V::splat(*self.sums.add(row)));
                let over = V::select_eq(sum, zero, zero, sum.recip());
                V::select_eq(most, V::c(f64::NEG_INFINITY), zero, most).store(self.kept.add(2 * row), 1);
                (over * V::c(self.damp)).store(self.kept.add(2 * row + 1), 1);
                for column in (0..self.depth).step_by(V::N) {
                    let place = self.out.add(row * self.depth + column);
                    (V::load(place, V::N) * over).store(place, V::N);
                }
            }
        }
    }
}
