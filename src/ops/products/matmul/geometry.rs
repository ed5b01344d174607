//! Sizes and strides of a matrix product: how two operands meet, batch by batch, and where the result lies.
//!
//! Apart from the products because those of floats, their gradients and those of integers have the same ones.

use crate::device::Buf;
use crate::dtype::Elem;
use crate::graph::Memory;
use crate::layout::{Axes, COLUMNS, ROWS};
use crate::loops::{BATCH, Matrix, Place, Product};
use crate::shape::Shape;

/// Sizes and batch layout of a product, the same forward and backward.
#[derive(Clone, Copy)]
pub struct Geometry {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
    pub(super) batch: [usize; BATCH],
    pub(super) left: Layout,
    pub(super) right: Layout,
}

/// One operand: strides of rows, columns, batch axes.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) row: isize,
    pub(super) column: isize,
    pub(super) batch: [isize; BATCH],
}

impl Layout {
    pub(super) fn swapped(self) -> Self {
        Layout { row: self.column, column: self.row, ..self }
    }

    pub(super) fn of<E: Elem>(self, memory: Memory<'_, E>) -> Matrix<'_, E> {
        let Layout { row, column, batch } = self;
        Matrix { buf: memory.buf(), offset: memory.offset(), row, column, batch }
    }

    pub(super) fn whole<'a, E>(self, buf: &'a Buf<E>) -> Matrix<'a, E> {
        let Layout { row, column, batch } = self;
        Matrix { buf, offset: 0, row, column, batch }
    }

    pub(super) fn place(self) -> Place {
        Place { offset: 0, row: self.row, column: self.column, batch: self.batch }
    }
}

impl Geometry {
    #[inline]
    pub(super) fn new<A: Shape, B: Shape>(a: &Axes, b: &Axes) -> Self {
        if A::RANK <= 2 && B::RANK <= 2 {
            let left = Layout { row: a.stride[ROWS], column: a.stride[COLUMNS], batch: [0; BATCH] };
            let right = Layout { row: b.stride[ROWS], column: b.stride[COLUMNS], batch: [0; BATCH] };
            return Geometry::of(a, b, [1; BATCH], left, right, [A::RANK, B::RANK]);
        }
        Self::batched(a, b, [A::RANK, B::RANK])
    }

    /// Compiled once, in this crate.
    #[inline(never)]
    fn batched(a: &Axes, b: &Axes, ranks: [usize; 2]) -> Self {
        let mut batch = [1; BATCH];
        for i in 0..BATCH {
            let (a, b) = (a.size[ROWS - BATCH + i], b.size[ROWS - BATCH + i]);
            batch[i] = if a == 1 { b } else { a };
        }
        Self::of(a, b, batch, Self::layout(a, &batch), Self::layout(b, &batch), ranks).folded()
    }

    /// A vector is one row on the left and one column on the right.
    #[cfg_attr(optimised, inline(always))]
    fn of(a: &Axes, b: &Axes, batch: [usize; BATCH], mut left: Layout, mut right: Layout, ranks: [usize; 2]) -> Self {
        let (mut m, mut n) = (a.size[ROWS], b.size[COLUMNS]);
        if ranks[0] == 1 {
            (m, left.row) = (1, 0);
        }
        if ranks[1] == 1 {
            (n, right.row, right.column) = (1, right.column, 1);
        }
        Geometry { m, k: a.size[COLUMNS], n, batch, left, right }
    }

    fn layout(axes: &Axes, batch: &[usize; BATCH]) -> Layout {
        let mut strides = [0; BATCH];
        for i in 0..BATCH {
            let axis = ROWS - BATCH + i;
            strides[i] = if axes.size[axis] == batch[i] && batch[i] != 1 { axes.stride[axis] } else { 0 };
        }
        Layout { row: axes.stride[ROWS], column: axes.stride[COLUMNS], batch: strides }
    }

    /// Batch axes of the left that meet one and the same right matrix are rows of a taller left matrix.
    fn folded(mut self) -> Self {
        for i in (0..BATCH).rev() {
            if self.batch[i] == 1 {
                continue;
            }
            let tall = self.right.batch[i] == 0 && self.left.batch[i] == self.left.row * self.m as isize;
            if !tall {
                break;
            }
            self.m *= self.batch[i];
            (self.batch[i], self.left.batch[i]) = (1, 0);
        }
        self
    }

    /// The output's own layout: row-major.
    pub(super) fn output(&self) -> Layout {
        let mut batch = [0; BATCH];
        // Wraps where there is no element; where there are, they were counted.
        let mut stride = self.m.wrapping_mul(self.n) as isize;
        for i in (0..BATCH).rev() {
            batch[i] = if self.batch[i] == 1 { 0 } else { stride };
            stride = stride.wrapping_mul(self.batch[i] as isize);
        }
        Layout { row: self.n as isize, column: 1, batch }
    }

    pub(super) fn forward<'a, E: Elem>(&self, left: Memory<'a, E>, right: Memory<'a, E>) -> Product<'a, E> {
        let Geometry { m, k, n, batch, .. } = *self;
        let (a, b) = (self.left.of(left), self.right.of(right));
        Product { m, k, n, batch, a, b, c: self.output().place(), add: false }
    }
}
