//! Along contiguous rows: the lanes hold one row.

use super::job::{Job, first};
use crate::device::cpu::combine::{across_lanes, join, neutral};
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, MAX_STATS, RowProgram};
use crate::num::{Lane, Num};

/// Vectors of a contiguous row that are combined in their own type before a part goes to [`Simd::Sum`].
const BLOCK: usize = 64;

impl<E: Real, P: RowProgram, const MAP: bool> Job<E, P, MAP> {
    /// Rows `from..to`, each contiguous.
    ///
    /// # Safety
    /// The rows lie in the inputs and in the output, which no other task writes there.
    #[inline(always)]
    pub(super) unsafe fn contiguous<V: Lane<E>>(&self) {
        let len = self.rows.len;
        for row in self.from..self.to {
            let (start, places) = (row * len, self.places(row, len));
            let mut stats = first::<V, P>();
            let mut round = 0;
            loop {
                for pass in 0..P::PASSES {
                    // SAFETY: the row is one of this job's.
                    unsafe { self.pass(pass, places, start, &mut stats) }
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
                while i < len {
                    let n = V::N.min(len - i);
                    let x = self.last(places, start, i, n, false);
                    self.program.finish(x, stats).store(self.out.get().add(start + i), n);
                    i += V::N;
                }
            }
        }
    }

    /// Where a contiguous row begins in each input.
    fn places(&self, row: usize, len: usize) -> [usize; MAX_INPUTS] {
        let (mut places, mut k) = ([0; MAX_INPUTS], 0);
        while k < MAX_INPUTS {
            places[k] = self.sources[k].start(row, len);
            k += 1;
        }
        places
    }

    /// One pass over a contiguous row.
    ///
    /// # Safety
    /// The row begins at these places of the inputs and at `start` of the output.
    #[inline(always)]
    unsafe fn pass<V: Lane<E>>(
        &self,
        pass: usize,
        places: [usize; MAX_INPUTS],
        start: usize,
        stats: &mut [V; MAX_STATS],
    ) {
        let (len, combine) = (self.rows.len, self.program.combine(pass));
        let identity = V::c(neutral(combine));
        let (mut total, mut sum, mut vectors, mut i) = (E::Sum::c(neutral(combine)), identity, 0, 0);
        while i < len {
            let n = V::N.min(len - i);
            // SAFETY: `i + n <= len`, inside the row.
            let x = unsafe { self.load(places, i, n, false) };
            let term = self.program.term(pass, x, *stats);
            if MAP && P::DRAFT == Some(pass) {
                // SAFETY: as above, for the output.
                unsafe { term.store(self.out.get().add(start + i), n) }
            }
            sum = join(combine, sum, term.keep_or(n, identity));
            i += V::N;
            vectors += 1;
            if vectors == BLOCK {
                total = join(combine, total, across_lanes(combine, sum));
                (sum, vectors) = (identity, 0);
            }
        }
        let total = V::of_sum(join(combine, total, across_lanes(combine, sum)));
        *stats = self.program.closed(pass, total, len as f64, *stats);
    }
}
