//! Products whose sums stay in registers: a tile of C at a time.
//!
//! Apart from the engine because nothing is packed: where matrices are small, that would take longer than the product.

use super::call::Call;
use crate::device::cpu::cascade::Cascade;
use crate::dtype::Real;
use crate::num::{Kernel, Lane};

/// Terms of an element that are added in one register before their sum goes on to a [`Cascade`].
const TERMS: isize = 64;

/// Vectors of a row of C that are summed at the same time where there are few rows: a row of B is read in one go, as
/// its memory likes it.
const WIDE: usize = 8;

/// Four rows by two vectors of C at a time, so that no sum waits for itself, or one row by several, over all of `k`, in
/// registers. B has contiguous rows.
impl<E: Real> Kernel<E> for Call<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let mut column = 0;
        // SAFETY: rows and columns stay below `m` and `n` (the caller's contract for the places).
        unsafe {
            while !V::RARE && self.m < 4 && column + WIDE * V::N <= self.n {
                (0..self.m).for_each(|row| self.tile::<V, 1, WIDE>(row, column, V::N));
                column += WIDE * V::N;
            }
            while !V::RARE && column + 2 * V::N <= self.n {
                self.columns::<V, 2>(column, V::N);
                column += 2 * V::N;
            }
            while column < self.n {
                self.columns::<V, 1>(column, V::N.min(self.n - column));
                column += V::N;
            }
        }
    }
}

impl<E: Real> Call<E> {
    /// `C` vectors of `lanes` columns each from this one on, of all rows.
    ///
    /// # Safety
    /// These are columns of C, and all places of the call lie inside their matrices.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn columns<V: Lane<E>, const C: usize>(&self, column: usize, lanes: usize) {
        let mut row = 0;
        // SAFETY: rows below `m`; the caller's contract for the columns.
        unsafe {
            while row + 4 <= self.m {
                self.tile::<V, 4, C>(row, column, lanes);
                row += 4;
            }
            while row < self.m {
                self.tile::<V, 1, C>(row, column, lanes);
                row += 1;
            }
        }
    }

    /// The terms `from..to` of the elements of a tile whose rows of A and columns of B begin here.
    ///
    /// # Safety
    /// The rows and columns that begin at `a` and `b` have terms up to `to`.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn terms<V: Lane<E>, const R: usize, const C: usize>(
        &self,
        a: *const E,
        b: *const E,
        lanes: usize,
        from: isize,
        to: isize,
    ) -> [[V; C]; R] {
        let mut sums = [[V::c(0.0); C]; R];
        for p in from..to {
            // SAFETY: the caller's places lie inside the matrices.
            unsafe {
                let row = b.offset(p * self.b_row);
                let mut right = [V::c(0.0); C];
                for (c, right) in right.iter_mut().enumerate() {
                    *right = V::load(row.add(c * V::N), lanes);
                }
                for (r, sums) in sums.iter_mut().enumerate() {
                    let left = V::splat(*a.offset(r as isize * self.a_row + p * self.a_column));
                    for (sum, right) in sums.iter_mut().zip(right) {
                        *sum = left.fma(right, *sum);
                    }
                }
            }
        }
        sums
    }

    /// One tile of C: `R` rows from `row` on, `C` vectors of `lanes` columns each from `column` on.
    ///
    /// # Safety
    /// These are rows and columns of C, and all places of the call lie inside their matrices.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tile<V: Lane<E>, const R: usize, const C: usize>(&self, row: usize, column: usize, lanes: usize) {
        // SAFETY: the caller's rows, columns and lanes lie inside the matrices.
        unsafe {
            let a = self.a.offset(row as isize * self.a_row);
            let b = self.b.add(column);
            let k = self.k as isize;
            let sums = if k <= 4 * TERMS {
                self.terms::<V, R, C>(a, b, lanes, 0, k)
            } else {
                let mut totals = [[Cascade::<V>::new(); C]; R];
                for from in (0..k).step_by(TERMS as usize) {
                    let part = self.terms::<V, R, C>(a, b, lanes, from, k.min(from + TERMS));
                    let totals = totals.as_flattened_mut().iter_mut();
                    totals.zip(part.as_flattened()).for_each(|(total, &part)| total.add(part));
                }
                totals.map(|row| row.map(Cascade::total))
            };
            for (r, sums) in sums.into_iter().enumerate() {
                for (c, sum) in sums.into_iter().enumerate() {
                    let place = self.c.offset((row + r) as isize * self.c_row).add(column + c * V::N);
                    let sum = if self.add { V::load(place, lanes) + sum } else { sum };
                    sum.store(place, lanes);
                }
            }
        }
    }
}
