//! Where a tile of a product goes.

use crate::num::{Lane, Simd};
use std::ops::Add;

/// Where a tile goes: its first element, the steps in C, and how much of the tile there is in C.
#[derive(Clone, Copy)]
pub(super) struct Target<E> {
    pub(super) c: *mut E,
    pub(super) row: isize,
    pub(super) column: isize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) add: bool,
}

/// Lanes of the widest register.
pub(super) const MOST: usize = 16;

impl<E: Simd<Wide = E> + Add<Output = E>> Target<E> {
    /// Brings a tile to C.
    ///
    /// # Safety
    /// Rows and columns of the target are places of C.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn take<V: Lane<E>, const R: usize, const C: usize>(self, mut sums: [[V; C]; R]) {
        if self.column == 1 && self.rows == R && self.columns == C * V::N {
            // SAFETY: all rows and columns of the tile are there (the caller's contract).
            let place = |r: usize, c: usize| unsafe { self.c.offset(r as isize * self.row).add(c * V::N) };
            if self.add {
                for (r, row) in sums.iter_mut().enumerate() {
                    for (c, sum) in row.iter_mut().enumerate() {
                        // SAFETY: as above.
                        *sum = unsafe { V::load(place(r, c), V::N) } + *sum;
                    }
                }
            }
            for (r, row) in sums.into_iter().enumerate() {
                for (c, sum) in row.into_iter().enumerate() {
                    // SAFETY: as above.
                    unsafe { sum.store(place(r, c), V::N) }
                }
            }
            return;
        }
        let mut tile = [[[E::default(); MOST]; C]; R];
        for (to, sum) in tile.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
            // SAFETY: there is room for the widest register.
            unsafe { sum.store(to.as_mut_ptr(), V::N) }
        }
        // SAFETY: the caller's contract.
        unsafe { self.take_part(tile.as_flattened(), C, V::N) }
    }

    /// The same for a tile of which C has a part only, or columns that do not lie beside each other. Out of line:
    /// there is a loop for each size of a tile, and all of them end here.
    ///
    /// # Safety
    /// As for `take`.
    #[inline(never)]
    unsafe fn take_part(self, tile: &[[E; MOST]], vectors: usize, lanes: usize) {
        for (r, row) in tile.chunks(vectors).enumerate().take(self.rows) {
            for j in 0..self.columns {
                let sum = row[j / lanes][j % lanes];
                // SAFETY: a row and a column of the target.
                unsafe {
                    let place = self.c.offset(r as isize * self.row + j as isize * self.column);
                    *place = if self.add { *place + sum } else { sum };
                }
            }
        }
    }
}
