//! One matrix product as raw memory: what every engine and loop is given.
//!
//! Apart from the products, which check every place before they make one.
#![allow(unsafe_code, reason = "pointers that go to other threads")]

use crate::device::cpu::widen::Lines;

/// One matrix product over raw strided memory.
#[derive(Clone, Copy)]
pub(super) struct Call<E> {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
    pub(super) a: *const E,
    pub(super) a_row: isize,
    pub(super) a_column: isize,
    pub(super) b: *const E,
    pub(super) b_row: isize,
    pub(super) b_column: isize,
    pub(super) c: *mut E,
    pub(super) c_row: isize,
    pub(super) c_column: isize,
    pub(super) add: bool,
}

// SAFETY: pointers into buffers that the caller borrows; tasks write disjoint parts of C.
unsafe impl<E> Send for Call<E> {}
// SAFETY: as above.
unsafe impl<E> Sync for Call<E> {}

impl<E: Copy> Call<E> {
    /// `Cᵀ = Bᵀ · Aᵀ`.
    pub(super) fn transposed(self) -> Self {
        Call {
            m: self.n,
            n: self.m,
            a: self.b,
            a_row: self.b_column,
            a_column: self.b_row,
            b: self.a,
            b_row: self.a_column,
            b_column: self.a_row,
            c_row: self.c_column,
            c_column: self.c_row,
            ..self
        }
    }

    pub(super) fn a_lines(&self) -> Lines<E> {
        let Call { m, k, a, a_row, a_column, .. } = *self;
        Lines { start: a.cast_mut(), rows: m, columns: k, row: a_row, column: a_column }
    }

    pub(super) fn b_lines(&self) -> Lines<E> {
        let Call { k, n, b, b_row, b_column, .. } = *self;
        Lines { start: b.cast_mut(), rows: k, columns: n, row: b_row, column: b_column }
    }

    pub(super) fn c_lines(&self) -> Lines<E> {
        let Call { m, n, c, c_row, c_column, .. } = *self;
        Lines { start: c, rows: m, columns: n, row: c_row, column: c_column }
    }

    /// The same product of other factors, which lie as [`Lines::packed`] says.
    pub(super) fn widened(
        &self,
        a: &[f32],
        b: &[f32],
        c: *mut f32,
        (c_row, c_column): (isize, isize),
        add: bool,
    ) -> Call<f32> {
        let ((a_row, a_column), (b_row, b_column)) = (self.a_lines().packed(), self.b_lines().packed());
        let Call { m, k, n, .. } = *self;
        let (a, b) = (a.as_ptr(), b.as_ptr());
        Call { m, k, n, a, a_row, a_column, b, b_row, b_column, c, c_row, c_column, add }
    }

    /// The part of C of rows `from..to`.
    pub(super) fn rows(self, from: usize, to: usize) -> Self {
        let a = self.a.wrapping_offset(from as isize * self.a_row);
        let c = self.c.wrapping_offset(from as isize * self.c_row);
        Call { m: to - from, a, c, ..self }
    }

    /// The product of the terms `from..to` alone.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        let a = self.a.wrapping_offset(from as isize * self.a_column);
        let b = self.b.wrapping_offset(from as isize * self.b_row);
        Call { k: to - from, a, b, ..self }
    }
}
