//! What one contiguous row reads of each input.
//!
//! Apart from the loops, in which no vector asks what kind of input it comes from: all are read in the same way.

use super::job::Job;
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, MAX_STATS, RowProgram};
use crate::num::Lane;

/// The most elements of a vector.
const WIDEST: usize = 64;

/// The number of a row, and the zeros of inputs that are not there, as often as a vector has elements.
pub(super) struct Repeated<E>([[E; WIDEST]; MAX_INPUTS]);

impl<E: Real> Repeated<E> {
    pub(super) fn new() -> Self {
        Repeated([[E::of_f64(0.0); WIDEST]; MAX_INPUTS])
    }
}

/// Where the inputs of a row begin, and whether they go on from there or stay.
#[derive(Clone, Copy)]
pub(super) struct Streams<E> {
    from: [*const E; MAX_INPUTS],
    step: [usize; MAX_INPUTS],
}

impl<E: Real, P: RowProgram, const MAP: bool> Job<E, P, MAP> {
    /// The inputs of a row.
    ///
    /// # Safety
    /// The row is one of this job's, and the streams are read before `repeated` is gone or of another row.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn streams<V: Lane<E>>(&self, row: usize, repeated: &mut Repeated<E>) -> Streams<E> {
        const { assert!(V::N <= WIDEST) }
        let mut streams = Streams { from: [std::ptr::null(); MAX_INPUTS], step: [0; MAX_INPUTS] };
        let mut k = 0;
        while k < MAX_INPUTS {
            let (source, numbers) = (self.sources[k], &mut repeated.0[k]);
            if k < self.inputs && !source.per_row {
                // SAFETY: `run` has held the lengths of the inputs against the rows.
                streams.from[k] = unsafe { source.base.add(source.start(row, self.rows.len)) };
                streams.step[k] = 1;
            } else {
                if k < self.inputs {
                    // SAFETY: as above, and there are as many numbers as a vector has elements.
                    unsafe { V::splat(*source.base.add(row)).store(numbers.as_mut_ptr(), V::N) };
                }
                streams.from[k] = numbers.as_ptr();
            }
            k += 1;
        }
        streams
    }
}

impl<E: Real> Streams<E> {
    /// The inputs of `n` elements from the one numbered `i` on.
    ///
    /// # Safety
    /// The row has these elements, and `n` is at most `V::N`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn read<V: Lane<E>>(&self, i: usize, n: usize) -> [V; MAX_STATS] {
        let (mut x, mut k) = ([V::c(0.0); MAX_STATS], 0);
        while k < MAX_INPUTS {
            // SAFETY: the caller's elements, or the numbers that are repeated.
            x[k] = unsafe { V::load(self.from[k].add(i * self.step[k]), n) };
            k += 1;
        }
        x
    }
}
