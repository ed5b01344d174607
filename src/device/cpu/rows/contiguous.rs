//! Along contiguous rows: the lanes hold one row.

use super::job::{Job, first};
use super::streams::{Repeated, Streams};
use crate::device::cpu::combine::{across_lanes, join, neutral};
use crate::dtype::Real;
use crate::loops::{MAX_STATS, RowProgram};
use crate::num::{Lane, Num};

/// Vectors of a contiguous row that are combined in their own type before a part goes to [`Simd::Sum`].
const BLOCK: usize = 64;

/// Vectors that are combined side by side: each sum waits for its own last addition alone.
const SIDE: usize = 2;

impl<E: Real, P: RowProgram, const MAP: bool> Job<E, P, MAP> {
    /// Rows `from..to`, each contiguous.
    ///
    /// # Safety
    /// The rows lie in the inputs and in the output, which no other task writes there.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn contiguous<V: Lane<E>>(&self) {
        let (len, mut repeated) = (self.rows.len, Repeated::new());
        for row in self.from..self.to {
            // SAFETY: the row is one of this job's, and read before the next one.
            let streams = unsafe { self.streams::<V>(row, &mut repeated) };
            let start = row * len;
            let mut stats = first::<V, P>();
            let mut round = 0;
            loop {
                // SAFETY: as above. Each pass is a loop of its own, in which nothing asks for its number.
                unsafe {
                    self.pass::<V, 0>(streams, start, &mut stats);
                    self.pass::<V, 1>(streams, start, &mut stats);
                    self.pass::<V, 2>(streams, start, &mut stats);
                    self.pass::<V, 3>(streams, start, &mut stats);
                    self.pass::<V, 4>(streams, start, &mut stats);
                }
                // All lanes have the numbers of one row.
                let (again, from) = self.again(round, stats);
                if P::ROUNDS == 1 || again.keep(1).hmax().into() == 0.0 {
                    break;
                }
                (stats, round) = (from, round + 1);
            }
            stats = self.program.settle(stats, len as f64);
            // SAFETY: one result for this row, or `len` of them, inside the output.
            unsafe {
                if !MAP {
                    stats[P::PASSES - 1].store(self.out.get().add(row), 1);
                    continue;
                }
                if !self.kept.get().is_null() {
                    stats[P::KEPT].store(self.kept.get().add(row), 1);
                }
                let mut i = 0;
                while !V::RARE && i + V::N <= len {
                    self.finish(streams, start, i, V::N, stats);
                    i += V::N;
                }
                while i < len {
                    let n = V::N.min(len - i);
                    self.finish(streams, start, i, n, stats);
                    i += n;
                }
            }
        }
    }

    /// The results of `n` elements of a row from the one numbered `i` on.
    ///
    /// # Safety
    /// The row has these elements, and begins at `start` of the output.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn finish<V: Lane<E>>(&self, row: Streams<E>, start: usize, i: usize, n: usize, stats: [V; MAX_STATS]) {
        // SAFETY: the caller's contract.
        unsafe {
            let place = self.out.get().add(start + i);
            let x = match P::DRAFT {
                None => row.read(i, n),
                Some(_) => {
                    let mut x = [V::c(0.0); MAX_STATS];
                    x[0] = V::load(place, n);
                    x
                }
            };
            if P::BESIDE && !self.beside.get().is_null() {
                self.program.beside(x, stats).store(self.beside.get().add(start + i), n);
            }
            self.program.finish(x, stats).store(place, n);
        }
    }

    /// One pass over a contiguous row, if the program has it.
    ///
    /// # Safety
    /// The row is one of this job's, and begins at `start` of the output.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn pass<V: Lane<E>, const PASS: usize>(&self, row: Streams<E>, start: usize, stats: &mut [V; MAX_STATS]) {
        if PASS >= P::PASSES {
            return;
        }
        let (len, combine) = (self.rows.len, self.program.combine(PASS));
        let identity = V::c(neutral(combine));
        let (mut total, mut i) = (E::Sum::c(neutral(combine)), 0);
        // Of rare lanes there is one loop, that of what is left.
        let whole = if V::RARE { 0 } else { len / (SIDE * V::N) * (SIDE * V::N) };
        while i < whole {
            let (mut sums, end) = ([identity; SIDE], whole.min(i + BLOCK * V::N));
            while i < end {
                let mut k = 0;
                while k < SIDE {
                    // SAFETY: `i + (k + 1) · V::N <= whole`, inside the row.
                    let term = unsafe { self.term::<V, PASS>(row, start, i + k * V::N, V::N, *stats) };
                    sums[k] = join(combine, sums[k], term);
                    k += 1;
                }
                i += SIDE * V::N;
            }
            let [even, odd] = sums;
            total = join(combine, total, across_lanes(combine, join(combine, even, odd)));
        }
        let (mut sum, mut vectors) = (identity, 0);
        while i < len {
            let n = V::N.min(len - i);
            // SAFETY: `i + n <= len`, inside the row.
            let term = unsafe { self.term::<V, PASS>(row, start, i, n, *stats) };
            sum = join(combine, sum, term.keep_or(n, identity));
            i += n;
            vectors += 1;
            if V::RARE && vectors == BLOCK {
                total = join(combine, total, across_lanes(combine, sum));
                (sum, vectors) = (identity, 0);
            }
        }
        let total = V::of_sum(join(combine, total, across_lanes(combine, sum)));
        *stats = self.program.closed(PASS, total, len as f64, *stats);
    }

    /// What `n` elements of a row from the one numbered `i` on add to a pass; a draft of it goes to the output.
    ///
    /// # Safety
    /// The row has these elements, and begins at `start` of the output.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn term<V: Lane<E>, const PASS: usize>(
        &self,
        row: Streams<E>,
        start: usize,
        i: usize,
        n: usize,
        stats: [V; MAX_STATS],
    ) -> V {
        // SAFETY: the caller's contract.
        let term = self.program.term(PASS, unsafe { row.read(i, n) }, stats);
        if MAP && P::DRAFT == Some(PASS) {
            // SAFETY: as above, for the output.
            unsafe { term.store(self.out.get().add(start + i), n) }
        }
        term
    }
}
