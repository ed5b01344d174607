//! Vectors as diagonals, and diagonals as vectors.
//!
//! Apart from `matrix.rs` because the shape changes: by types for the main diagonal of a square, by a named dim of
//! run-time size for any other.

use super::matrix::{MatrixShape, VectorShape};
use super::sized::sized;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::error::{Error, attempt};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A vector, which becomes a diagonal, or a square matrix, which has one.
#[diagnostic::on_unimplemented(
    message = "`diag` takes a vector or a square matrix, not `{Self}`",
    label = "expected `(N,)` or `(N, N)`",
    note = "of another matrix: `x.diagonal_offset(0, Name)`, where `dims! {{ Name = ? }}`"
)]
pub trait Diagonal: Shape {
    /// `(N, N)` of `(N,)`, and `(N,)` of `(N, N)`.
    type Other: Shape;

    /// The other shape.
    #[doc(hidden)]
    fn diagonal_shape(self) -> Self::Other;
}

/// `(N,) = (N, N)`
#[diagnostic::do_not_recommend]
impl<N: Dim> Diagonal for (N,) {
    type Other = (N, N);
    fn diagonal_shape(self) -> (N, N) {
        (self.0, self.0)
    }
}

/// `(N, N) = (N,)`
#[diagnostic::do_not_recommend]
impl<N: Dim> Diagonal for (N, N) {
    type Other = (N,);
    fn diagonal_shape(self) -> (N,) {
        // Two run-time dims of one name may differ in size: the diagonal is as long as the shorter.
        (if self.0.size() <= self.1.size() { self.0 } else { self.1 },)
    }
}

/// A shape of exactly two axes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the shape of one matrix",
    label = "exactly two axes are needed here",
    note = "`x.diagonal_offset(offset, Name)` reads one matrix"
)]
pub trait OneMatrix: MatrixShape {}

#[diagnostic::do_not_recommend]
impl<R: Dim, C: Dim> OneMatrix for (R, C) {}

// The shape of a result is a parameter of its method: as a projection of `S`, rustc would meet it while it looks for
// the method, and say "method not found" where the law has more to say.
impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// The matrix with this vector on its main diagonal; or the main diagonal of this square matrix.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([1, 2]);
    /// assert_eq!(x.diag(), Cpu.tensor([[1, 0], [0, 2]]));
    /// assert_eq!(x.diag().diag(), x);
    /// ```
    pub fn diag<Other: Shape>(&self) -> Tensor<Other, E, D>
    where
        S: Diagonal<Other = Other>,
    {
        let (dims, shape) = (self.dims(), self.shape.diagonal_shape());
        let buf = match *dims {
            [rows, columns] => take(self, [rows, columns], 0),
            _ => spread(self, self.len(), 0),
        };
        Tensor { buf: self.device.adopt(buf), shape, device: self.device }
    }

    /// The square matrix with this vector on diagonal `offset`, of size `length + |offset|`.
    ///
    /// `axis` is the constructor of a dim of run-time size.
    ///
    /// # Errors
    /// [`Error::Shape`] when the axis has another size; [`Error::TooLarge`] beyond the address space.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Nodes = ? }
    /// let x = Cpu.tensor([1, 2]).diag_offset(-1, Nodes)?;
    /// assert_eq!(x.as_slice(), [0, 0, 0, 1, 0, 0, 0, 2, 0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn diag_offset<A: Dim>(
        &self,
        offset: isize,
        axis: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A, A), E, D>, Error>
    where
        S: VectorShape,
    {
        let size = self.len().saturating_add(offset.unsigned_abs());
        let axis = sized(axis, size)?;
        let shape = (axis, axis);
        if shape.checked_len().is_none() {
            return Err(Error::too_large(shape));
        }
        let buf = attempt(|| self.device.adopt(spread(self, size, offset)))?;
        Ok(Tensor { buf, shape, device: self.device })
    }

    /// Diagonal `offset` of a matrix: the elements `[i, i + offset]`; none where it lies outside.
    ///
    /// `axis` is the constructor of a dim of run-time size.
    ///
    /// # Errors
    /// [`Error::Shape`] when the axis has another size.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Entries = ? }
    /// let x = Cpu.tensor([[1, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.diagonal_offset(1, Entries)?.as_slice(), [2, 6]);
    /// assert_eq!(x.diagonal_offset(-1, Entries)?.as_slice(), [4]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn diagonal_offset<A: Dim>(
        &self,
        offset: isize,
        axis: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A,), E, D>, Error>
    where
        S: OneMatrix,
    {
        let buf = take(self, self.shape.rows_and_columns(), offset);
        let shape = (sized(axis, buf.len())?,);
        Ok(Tensor { buf: self.device.adopt(buf), shape, device: self.device })
    }
}

/// A square of zeros with the vector on a diagonal.
fn spread<S: Shape, E: Elem, D: Device>(x: &Tensor<S, E, D>, size: usize, offset: isize) -> Buf<E> {
    let mut out = Buf::zeros(size * size);
    let first = start(offset, size);
    for (place, value) in out.make_mut().iter_mut().skip(first).step_by(size + 1).zip(x.to_vec()) {
        *place = value;
    }
    out
}

/// The elements on a diagonal.
fn take<S: Shape, E: Elem, D: Device>(x: &Tensor<S, E, D>, [rows, columns]: [usize; 2], offset: isize) -> Buf<E> {
    let (below, right) = (if offset < 0 { offset.unsigned_abs() } else { 0 }, offset.max(0) as usize);
    let len = rows.saturating_sub(below).min(columns.saturating_sub(right));
    let values = x.to_vec();
    Buf::from_fn(len, |i| values[(below + i) * columns + right + i])
}

/// Where a diagonal begins in a matrix of this many columns.
fn start(offset: isize, columns: usize) -> usize {
    if offset < 0 { offset.unsigned_abs().saturating_mul(columns) } else { offset as usize }
}
