//! The innermost loop of a product: a tile of C stays in registers while the terms go by.
//!
//! Apart from the blocks because it is what is compiled for each size of a tile.

use super::target::Target;
use crate::num::{Lane, Simd};
use std::ops::Add;

/// Where the factors of a tile lie.
#[derive(Clone, Copy)]
pub(crate) struct Strips<E> {
    /// The first term of the first row of A.
    pub(crate) a: *const E,
    /// From row to row and from term to term, where A is not packed.
    pub(crate) a_row: isize,
    pub(crate) a_term: isize,
    /// The first term of the columns of B, which lie beside each other, and the step from term to term.
    pub(crate) b: *const E,
    pub(crate) b_term: isize,
    /// Terms of each sum.
    pub(crate) terms: usize,
}

impl<E: Simd<Wide = E> + Add<Output = E>> Strips<E> {
    /// A tile of one vector of columns, or of two.
    ///
    /// # Safety
    /// A has `R` rows and B as many vectors of columns, each of `terms` terms; the target is a part of C.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn tile<V: Lane<E>, const R: usize, const PACKED: bool>(self, to: Target<E>) {
        // SAFETY: the caller's contract.
        unsafe {
            if to.columns > V::N {
                to.take(self.sums::<V, R, 2, PACKED>())
            } else {
                to.take(self.sums::<V, R, 1, PACKED>())
            }
        }
    }

    /// The sums of `R` rows by `C` vectors of columns.
    ///
    /// # Safety
    /// As for `tile`.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn sums<V: Lane<E>, const R: usize, const C: usize, const PACKED: bool>(self) -> [[V; C]; R] {
        let mut sums = [[V::c(0.0); C]; R];
        let (mut a, mut b) = (self.a, self.b);
        let (a_row, a_term) = if PACKED { (1, R as isize) } else { (self.a_row, self.a_term) };
        for _ in 0..self.terms {
            // SAFETY: a term of each row and column; what lies behind the last one is not read.
            unsafe {
                let right: [V; C] = std::array::from_fn(|c| V::load(b.add(c * V::N), V::N));
                for (r, row) in sums.iter_mut().enumerate() {
                    let left = V::splat(*a.offset(r as isize * a_row));
                    for (sum, right) in row.iter_mut().zip(right) {
                        *sum = left.fma(right, *sum);
                    }
                }
            }
            a = a.wrapping_offset(a_term);
            b = b.wrapping_offset(self.b_term);
        }
        sums
    }
}
