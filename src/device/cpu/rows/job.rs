//! A task of a row program: where its rows lie, and what its loops have in common.

use crate::device::cpu::parallel::SharedPtr;
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, MAX_STATS, Pairing, Reach, RowProgram, Rows};
use crate::num::{Lane, Num, Simd};

/// An input as a pointer: element `i` of row `(outer, inner)` is at `(outer · len + i) · inner_size + inner`.
#[derive(Clone, Copy)]
pub(super) struct Source<E> {
    pub(super) base: *const E,
    pub(super) per_row: bool,
    pub(super) pairing: Option<Pairing>,
}

impl<E> Source<E> {
    /// Where a contiguous row begins.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn start(&self, row: usize, len: usize) -> usize {
        match self.pairing {
            _ if self.per_row => row,
            Some(pairing) => pairing.row(row) * len,
            None => row * len,
        }
    }
}

/// `MAP`: write one result an element, not one a row.
#[derive(Clone, Copy)]
pub(super) struct Job<E, P, const MAP: bool> {
    pub(super) rows: Rows,
    pub(super) program: P,
    pub(super) sources: [Source<E>; MAX_INPUTS],
    pub(super) inputs: usize,
    pub(super) out: SharedPtr<E>,
    /// Where the number of each row goes that `map_keeping` asks for; null where nobody does.
    pub(super) kept: SharedPtr<E>,
    /// Where what a program has beside each result goes; null where nobody asks for it.
    pub(super) beside: SharedPtr<E>,
    pub(super) from: usize,
    pub(super) to: usize,
}

// SAFETY: pointers into buffers that the caller borrows; each task writes its own rows.
unsafe impl<E, P, const MAP: bool> Send for Job<E, P, MAP> {}
// SAFETY: as above.
unsafe impl<E, P, const MAP: bool> Sync for Job<E, P, MAP> {}

/// What the numbers of a row are before the first pass.
#[cfg_attr(optimised, inline(always))]
pub(super) fn first<V: Num, P: RowProgram>() -> [V; MAX_STATS] {
    let (mut stats, mut k) = ([V::c(0.0); MAX_STATS], 0);
    while k < MAX_STATS {
        stats[k] = V::c(P::START[k]);
        k += 1;
    }
    stats
}

impl<E: Real, P: RowProgram, const MAP: bool> Job<E, P, MAP> {
    /// The same job for other rows. A method, so that closures capture the whole job.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        Job { from, to, ..*self }
    }

    /// The inputs of rows that lie apart, `i` elements after `places`; a row's own number stays where it is.
    ///
    /// # Safety
    /// `n` is at most `V::N`, and so many elements of each input lie there.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn load<V: Lane<E>>(&self, places: [usize; MAX_INPUTS], i: usize, n: usize) -> [V; MAX_STATS] {
        let (mut x, mut k) = ([V::c(0.0); MAX_STATS], 0);
        while k < MAX_INPUTS {
            if k < self.inputs {
                let Source { base, per_row, .. } = self.sources[k];
                // SAFETY: the caller's places lie inside the inputs, whose lengths `run` has checked.
                x[k] = unsafe { V::load(base.add(if per_row { places[k] } else { places[k] + i }), n) };
            }
            k += 1;
        }
        x
    }

    const REACH: Reach = if size_of::<<E as Simd>::Wide>() == 8 { Reach::DOUBLE } else { Reach::SINGLE };

    /// For each lane, whether its row is to be run once more, and what from.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn again<V: Lane<E>>(&self, round: usize, stats: [V; MAX_STATS]) -> (V, [V; MAX_STATS]) {
        match round + 1 < P::ROUNDS {
            true => self.program.again(stats, self.rows.len as f64, Self::REACH),
            false => (V::c(0.0), stats),
        }
    }

    /// What the last formula sees: the inputs, or the draft that a pass has left in the output.
    ///
    /// # Safety
    /// As for `load`, and for the output at `start + i`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn last<V: Lane<E>>(
        &self,
        places: [usize; MAX_INPUTS],
        start: usize,
        i: usize,
        n: usize,
    ) -> [V; MAX_STATS] {
        if P::DRAFT.is_none() {
            // SAFETY: the caller's contract.
            return unsafe { self.load(places, i, n) };
        }
        let mut x = [V::c(0.0); MAX_STATS];
        // SAFETY: the caller's contract.
        x[0] = unsafe { V::load(self.out.get().add(start + i), n) };
        x
    }
}
