//! Across rows that lie apart: each lane has a row of its own.

use super::job::{Job, first};
use crate::device::cpu::cascade::Carried;
use crate::device::cpu::combine::{join, neutral, take};
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, MAX_STATS, RowProgram, Rows};
use crate::num::{Lane, prefetch};

/// Elements of a row across the memory that are combined before a part goes to the outer sum, of the same type, which
/// keeps what is rounded off.
const BLOCK_ACROSS: usize = 64;
/// Rows that lie across the memory are taken in strips of this many columns: eight cache lines of `f32`.
pub(super) const STRIP: usize = 128;

/// Rows of memory that are asked for before they are read: each lies in a page of its own, where no processor expects
/// the next one.
const AHEAD: usize = 12;

impl<E: Real, P: RowProgram, const MAP: bool> Job<E, P, MAP> {
    /// Asks for `W` vectors of the first input, each line of memory once.
    #[cfg_attr(optimised, inline(always))]
    fn fetch_ahead<V: Lane<E>, const W: usize>(&self, place: usize) {
        let line = (64 / size_of::<E>()).max(V::N);
        let mut column = 0;
        while column < W * V::N {
            prefetch(self.sources[0].base.wrapping_add(place + column));
            column += line;
        }
    }

    /// Strips `from..to` of rows that lie `inner` apart: lane `l` has row `column + l`.
    ///
    /// # Safety
    /// The strips lie in the inputs and in the output, which no other task writes there.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn across<V: Lane<E>>(&self) {
        let inner = self.rows.inner;
        let strips = inner.div_ceil(STRIP);
        for strip in self.from..self.to {
            let (outer, first) = (strip / strips, strip % strips * STRIP);
            let (mut column, end) = (first, inner.min(first + STRIP));
            // SAFETY: `column + n <= inner`, `outer < rows.outer`.
            unsafe {
                // The more of a row of memory is read in one go, the better; as far as there are registers.
                while !V::RARE && column + 8 * V::N <= end {
                    self.columns::<V, 8>(outer, column, V::N);
                    column += 8 * V::N;
                }
                while !V::RARE && column + 4 * V::N <= end {
                    self.columns::<V, 4>(outer, column, V::N);
                    column += 4 * V::N;
                }
                while column < end {
                    self.columns::<V, 1>(outer, column, V::N.min(end - column));
                    column += V::N;
                }
            }
        }
    }

    /// `W` vectors side by side, the last one of `n` columns.
    ///
    /// # Safety
    /// All these columns are there: `column + (W - 1) · V::N + n` is at most `inner`.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn columns<V: Lane<E>, const W: usize>(&self, outer: usize, column: usize, n: usize) {
        let Rows { len, inner, .. } = self.rows;
        let (row, start) = (outer * inner + column, outer * len * inner + column);
        let (mut places, mut w) = ([[0; MAX_INPUTS]; W], 0);
        while w < W {
            let mut k = 0;
            while k < MAX_INPUTS {
                places[w][k] = if self.sources[k].per_row { row } else { start } + w * V::N;
                k += 1;
            }
            w += 1;
        }
        let mut stats = [first::<V, P>(); W];
        let (mut held, mut open, mut round) = (stats, [V::c(1.0); W], 0);
        loop {
            // SAFETY: the caller's contract. Each pass is a loop of its own, in which nothing asks for its number.
            unsafe {
                self.pass_across::<V, W, 0>(&places, start, n, &mut stats);
                self.pass_across::<V, W, 1>(&places, start, n, &mut stats);
                self.pass_across::<V, W, 2>(&places, start, n, &mut stats);
                self.pass_across::<V, W, 3>(&places, start, n, &mut stats);
                self.pass_across::<V, W, 4>(&places, start, n, &mut stats);
            }
            if P::ROUNDS == 1 {
                break;
            }
            // Rows that were right before stay what they are, whatever lies beside them.
            let mut any = false;
            for w in 0..W {
                for (new, old) in stats[w].iter_mut().zip(held[w]) {
                    *new = V::select_eq(open[w], V::c(0.0), old, *new);
                }
                held[w] = stats[w];
                (open[w], stats[w]) = self.again(round, stats[w]);
                any |= open[w].keep(n).hmax().into() > 0.0;
            }
            if !any {
                stats = held;
                break;
            }
            round += 1;
        }
        for w in 0..W {
            let stats = self.program.settle(stats[w], len as f64);
            // SAFETY: as above, for the output.
            unsafe {
                if !MAP {
                    stats[P::PASSES - 1].store(self.out.get().add(row + w * V::N), n);
                    continue;
                }
                if !self.kept.get().is_null() {
                    stats[P::KEPT].store(self.kept.get().add(row + w * V::N), n);
                }
                for i in 0..len {
                    let x = self.last::<V>(places[w], start + w * V::N, i * inner, n);
                    self.program.finish(x, stats).store(self.out.get().add(start + i * inner + w * V::N), n);
                }
            }
        }
    }

    /// One pass over `W` vectors of rows side by side, if the program has it.
    ///
    /// # Safety
    /// As for `columns`, whose `places` and `start` these are.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn pass_across<V: Lane<E>, const W: usize, const PASS: usize>(
        &self,
        places: &[[usize; MAX_INPUTS]; W],
        start: usize,
        n: usize,
        stats: &mut [[V; MAX_STATS]; W],
    ) {
        if PASS >= P::PASSES {
            return;
        }
        let (Rows { len, inner, .. }, combine) = (self.rows, self.program.combine(PASS));
        let identity = V::c(neutral(combine));
        let (mut totals, mut sums) = ([Carried::of(identity, V::c(0.0)); W], [identity; W]);
        for i in 0..len {
            if W > 1 {
                self.fetch_ahead::<V, W>(places[0][0] + (i + AHEAD) * inner);
            }
            for w in 0..W {
                // SAFETY: row `i < len` of this strip.
                let x = unsafe { self.load(places[w], i * inner, n) };
                let term = self.program.term(PASS, x, stats[w]);
                if MAP && P::DRAFT == Some(PASS) {
                    // SAFETY: as above, for the output.
                    unsafe { term.store(self.out.get().add(start + i * inner + w * V::N), n) }
                }
                sums[w] = join(combine, sums[w], term);
            }
            if i % BLOCK_ACROSS == BLOCK_ACROSS - 1 {
                for w in 0..W {
                    take(combine, &mut totals[w], sums[w]);
                }
                sums = [identity; W];
            }
        }
        for w in 0..W {
            take(combine, &mut totals[w], sums[w]);
            stats[w] = self.program.closed(PASS, totals[w].total(), len as f64, stats[w]);
        }
    }
}
