//! Matrix products as a device sees them: pointers replaced by buffers, sizes and strides.
//!
//! Apart from `ops/products`, which turns shapes into this; transposed operands are only other strides.

use crate::memory::Buf;
use crate::shape::MAX_RANK;

/// Axes of a batch: those of the highest rank but rows and columns.
pub(crate) const BATCH: usize = MAX_RANK - 2;

/// A batch of matrices in memory.
#[derive(Clone)]
pub struct Matrix<'a, E> {
    /// The memory.
    pub(crate) buf: &'a Buf<E>,
    /// The first element of the first matrix.
    pub(crate) offset: usize,
    /// Elements from one row to the next.
    pub(crate) row: isize,
    /// Elements from one column to the next.
    pub(crate) column: isize,
    /// Elements from one matrix to the next, for each batch axis (0: the same matrix again).
    pub(crate) batch: [isize; BATCH],
}

/// `C[b] (+)= A[b] · B[b]`, A of `m` by `k`, B of `k` by `n`.
#[derive(Clone)]
pub struct Product<'a, E> {
    /// Rows of A and C.
    pub(crate) m: usize,
    /// Columns of A, rows of B.
    pub(crate) k: usize,
    /// Columns of B and C.
    pub(crate) n: usize,
    /// Sizes of the batch axes, right-aligned; 1 where there are fewer.
    pub(crate) batch: [usize; BATCH],
    /// The left operand.
    pub(crate) a: Matrix<'a, E>,
    /// The right operand.
    pub(crate) b: Matrix<'a, E>,
    /// Where C lies in the output: offset, strides, batch strides (0: summed over that batch axis).
    pub(crate) c: Place,
    /// Add to what is in C.
    pub(crate) add: bool,
}

/// The layout of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first element of the first matrix.
    pub(crate) offset: usize,
    /// Elements from one row to the next.
    pub(crate) row: isize,
    /// Elements from one column to the next.
    pub(crate) column: isize,
    /// Elements from one matrix to the next, for each batch axis.
    pub(crate) batch: [isize; BATCH],
}

impl<'a, E> Matrix<'a, E> {
    /// The memory.
    pub fn buf(&self) -> &'a Buf<E> {
        self.buf
    }

    /// Where its elements lie in the memory.
    pub fn place(&self) -> Place {
        Place { offset: self.offset, row: self.row, column: self.column, batch: self.batch }
    }
}

impl Place {
    /// A batch that lies so in this memory.
    pub(crate) fn of<E>(self, buf: &Buf<E>) -> Matrix<'_, E> {
        let Place { offset, row, column, batch } = self;
        Matrix { buf, offset, row, column, batch }
    }

    /// The first element of the first matrix.
    pub fn offset(self) -> usize {
        self.offset
    }

    /// Elements from one row to the next, and from one column to the next.
    pub fn strides(self) -> [isize; 2] {
        [self.row, self.column]
    }

    /// Elements from one matrix to the next, for each batch axis; 0 where it is the same one again, and where outputs
    /// are summed over the axis.
    pub fn batch_strides(self) -> [isize; 4] {
        self.batch
    }
}

impl<'a, E> Product<'a, E> {
    /// Rows of A and C; columns of A, which are rows of B; columns of B and C.
    pub fn sizes(&self) -> [usize; 3] {
        [self.m, self.k, self.n]
    }

    /// The sizes of the batch axes, right-aligned; 1 where there are fewer.
    pub fn batch(&self) -> [usize; 4] {
        self.batch
    }

    /// A and B.
    pub fn factors(&self) -> [&Matrix<'a, E>; 2] {
        [&self.a, &self.b]
    }

    /// The same product of factors in other memory, where they lie as here: for a device that brings them elsewhere.
    pub fn of<'b>(&self, a: &'b Buf<E>, b: &'b Buf<E>) -> Product<'b, E> {
        let Product { m, k, n, batch, c, add, .. } = *self;
        Product { m, k, n, batch, a: self.a.place().of(a), b: self.b.place().of(b), c, add }
    }

    /// Where C lies in the output.
    pub fn place(&self) -> Place {
        self.c
    }

    /// Whether the product is added to what is in C.
    pub fn adds(&self) -> bool {
        self.add
    }

    /// Matrices in the batch.
    pub(crate) fn matrices(&self) -> usize {
        self.batch.iter().product()
    }

    /// Index on each batch axis of matrix number `i`.
    pub(crate) fn index(&self, mut i: usize) -> [usize; BATCH] {
        let mut index = [0; BATCH];
        for axis in (0..BATCH).rev() {
            index[axis] = i % self.batch[axis];
            i /= self.batch[axis];
        }
        index
    }

    /// Multiply-adds in one matrix.
    pub(crate) fn work(&self) -> usize {
        self.m.saturating_mul(self.k).saturating_mul(self.n)
    }
}

/// `offset + Σ index · stride`.
pub(crate) fn at(offset: usize, index: [usize; BATCH], stride: [isize; BATCH]) -> isize {
    offset as isize + index.iter().zip(stride).map(|(&i, s)| i as isize * s).sum::<isize>()
}
