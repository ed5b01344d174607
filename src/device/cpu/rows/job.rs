//! Row programs: along contiguous rows the lanes hold one row, across them each lane has a row of its own.
//!
//! Short arrays are walked by `while` and numbers: each program is compiled for three instruction sets in the crate of
//! its user, and iterators, `map` and `from_fn` took more of that time than the arithmetic.
#![allow(unsafe_code, reason = "rows are read from and written to memory whose length is checked once")]

mod run;

pub(in crate::device) use run::{fold, map, map_keeping};

use super::cascade::Carried;
use super::combine::{across_lanes, join, neutral, take};
use super::parallel::SharedPtr;
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, MAX_STATS, Pairing, Reach, RowProgram, Rows};
use crate::num::{Kernel, Lane, Num, Simd};

/// Vectors of a contiguous row that are combined in their own type before a part goes to [`Simd::Sum`].
const BLOCK: usize = 64;
/// Elements of a row across the memory that are combined before a part goes to the outer sum, of the same type, which
/// keeps what is rounded off.
const BLOCK_ACROSS: usize = 64;
/// Rows that lie across the memory are taken in strips of this many columns: four cache lines of `f32`.
const STRIP: usize = 64;
/// Elements of a task, so that small tensors stay on one thread.
const TASK: usize = 1 << 14;

/// An input as a pointer: element `i` of row `(outer, inner)` is at `(outer · len + i) · inner_size + inner`.
#[derive(Clone, Copy)]
struct Source<E> {
    base: *const E,
    per_row: bool,
    pairing: Option<Pairing>,
}

impl<E> Source<E> {
    /// Where a contiguous row begins.
    #[inline(always)]
    fn start(&self, row: usize, len: usize) -> usize {
        match self.pairing {
            _ if self.per_row => row,
            Some(pairing) => pairing.row(row) * len,
            None => row * len,
        }
    }
}

/// `MAP`: write one result an element, not one a row.
#[derive(Clone, Copy)]
struct Job<E, P, const MAP: bool> {
    rows: Rows,
    program: P,
    sources: [Source<E>; MAX_INPUTS],
    inputs: usize,
    out: SharedPtr<E>,
    /// Where the number of each row goes that `map_keeping` asks for; null where nobody does.
    kept: SharedPtr<E>,
    from: usize,
    to: usize,
}

// SAFETY: pointers into buffers that the caller borrows; each task writes its own rows.
unsafe impl<E, P, const MAP: bool> Send for Job<E, P, MAP> {}
// SAFETY: as above.
unsafe impl<E, P, const MAP: bool> Sync for Job<E, P, MAP> {}

/// What the numbers of a row are before the first pass.
#[inline(always)]
fn first<V: Num, P: RowProgram>() -> [V; MAX_STATS] {
    let (mut stats, mut k) = ([V::c(0.0); MAX_STATS], 0);
    while k < MAX_STATS {
        stats[k] = V::c(P::START[k]);
        k += 1;
    }
    stats
}

impl<E: Real, P: RowProgram, const MAP: bool> Job<E, P, MAP> {
    /// The same job for other rows. A method, so that closures capture the whole job.
    fn part(&self, from: usize, to: usize) -> Self {
        Job { from, to, ..*self }
    }

    /// The inputs `i` elements after `places`; a row's own number stays where it is.
    ///
    /// # Safety
    /// `n` is at most `V::N`, and so many elements of each input lie there.
    #[inline(always)]
    unsafe fn load<V: Lane<E>>(&self, places: [usize; MAX_INPUTS], i: usize, n: usize, across: bool) -> [V; MAX_STATS] {
        let (mut x, mut k) = ([V::c(0.0); MAX_STATS], 0);
        while k < MAX_INPUTS {
            if k < self.inputs {
                let Source { base, per_row, .. } = self.sources[k];
                // SAFETY: the caller's places lie inside the inputs, whose lengths `run` has checked.
                x[k] = unsafe {
                    match per_row {
                        false => V::load(base.add(places[k] + i), n),
                        true if across => V::load(base.add(places[k]), n),
                        true => V::splat(*base.add(places[k])),
                    }
                };
            }
            k += 1;
        }
        x
    }

    const REACH: Reach = if size_of::<<E as Simd>::Wide>() == 8 { Reach::DOUBLE } else { Reach::SINGLE };

    /// For each lane, whether its row is to be run once more, and what from.
    #[inline(always)]
    fn again<V: Lane<E>>(&self, round: usize, stats: [V; MAX_STATS]) -> (V, [V; MAX_STATS]) {
        match round + 1 < P::ROUNDS {
            true => self.program.again(stats, self.rows.len as f64, Self::REACH),
            false => (V::c(0.0), stats),
        }
    }

    /// Rows `from..to`, each contiguous.
    ///
    /// # Safety
    /// The rows lie in the inputs and in the output, which no other task writes there.
    #[inline(always)]
    unsafe fn contiguous<V: Lane<E>>(&self) {
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

    /// Strips `from..to` of rows that lie `inner` apart: lane `l` has row `column + l`.
    ///
    /// # Safety
    /// The strips lie in the inputs and in the output, which no other task writes there.
    #[inline(always)]
    unsafe fn across<V: Lane<E>>(&self) {
        let inner = self.rows.inner;
        let strips = inner.div_ceil(STRIP);
        for strip in self.from..self.to {
            let (outer, first) = (strip / strips, strip % strips * STRIP);
            let (mut column, end) = (first, inner.min(first + STRIP));
            // SAFETY: `column + n <= inner`, `outer < rows.outer`.
            unsafe {
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
    #[inline(always)]
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
            for pass in 0..P::PASSES {
                let combine = self.program.combine(pass);
                let identity = V::c(neutral(combine));
                let (mut totals, mut sums) = ([Carried::of(identity, V::c(0.0)); W], [identity; W]);
                for i in 0..len {
                    for w in 0..W {
                        // SAFETY: row `i < len` of this strip.
                        let x = unsafe { self.load(places[w], i * inner, n, true) };
                        let term = self.program.term(pass, x, stats[w]);
                        if MAP && P::DRAFT == Some(pass) {
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
                    stats[w] = self.program.closed(pass, totals[w].total(), len as f64, stats[w]);
                }
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
                    let x = self.last::<V>(places[w], start + w * V::N, i * inner, n, true);
                    self.program.finish(x, stats).store(self.out.get().add(start + i * inner + w * V::N), n);
                }
            }
        }
    }

    /// What the last formula sees: the inputs, or the draft that a pass has left in the output.
    ///
    /// # Safety
    /// As for `load`, and for the output at `start + i`.
    #[inline(always)]
    unsafe fn last<V: Lane<E>>(
        &self,
        places: [usize; MAX_INPUTS],
        start: usize,
        i: usize,
        n: usize,
        across: bool,
    ) -> [V; MAX_STATS] {
        if P::DRAFT.is_none() {
            // SAFETY: the caller's contract.
            return unsafe { self.load(places, i, n, across) };
        }
        let mut x = [V::c(0.0); MAX_STATS];
        // SAFETY: the caller's contract.
        x[0] = unsafe { V::load(self.out.get().add(start + i), n) };
        x
    }
}

impl<E: Real, P: RowProgram, const MAP: bool> Kernel<E> for Job<E, P, MAP> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        // SAFETY: `run` below checked every length and divides the rows or strips among jobs.
        unsafe {
            if P::CONTIGUOUS || self.rows.inner == 1 {
                self.contiguous::<V>();
            } else {
                self.across::<V>();
            }
        }
    }
}
