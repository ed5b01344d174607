//! Diagonals and triangles of matrices: the last two axes of any shape.
//!
//! Apart from `index` because no indices are given: they follow from the sizes.

use super::shape::Square;
use super::square::check_square;
use crate::device::{Device, IndexWork, Storage};
use crate::dims::{Dim, Off};
use crate::dtype::{Elem, Real};
use crate::graph::{Leaf, Operand};
use crate::layout::{Strided, count};
use crate::ops::index::{Moved, Moves, NumberedRows, Source, ViewedAs};
use crate::ops::mask::{Fillable, Filled, Indicates, WholeMask};
use crate::shape::{Append, Appended, AxisAt, LastAxis};
use crate::tensor::{Create, Tensor};

/// The mask of the triangle of `X` that vanishes.
type TriangleOf<X> =
    Triangle<<<X as Operand>::S as AxisAt<-2>>::At, <<X as Operand>::S as AxisAt<-1>>::At, <X as Operand>::D>;

/// Diagonals and triangles of the last two axes; `diagonal`, `diag_embed`, `tril`, `triu` of any element type.
pub trait Diagonals: Operand + Sized {
    /// The main diagonal of square matrices: `y[.., i] = x[.., i, i]`. A view; `dx` is `dy` on the diagonal and 0
    /// elsewhere.
    ///
    /// Both axes are one type; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!((x.diagonal() * 1.0).eval().as_slice(), [1.0, 4.0]);
    /// ```
    #[track_caller]
    fn diagonal(self) -> ViewedAs<Self, <Self::S as Square>::Diagonal>
    where
        Self: Source,
        Self::S: Square,
    {
        self.viewed(
            |shape| {
                check_square("diagonal", shape);
                shape.diagonal()
            },
            Strided::along_diagonal,
        )
    }

    /// Square matrices with the last axis on their main diagonal, and 0 elsewhere: `y[.., i, i] = x[.., i]`. `dx` is
    /// the diagonal of `dy`. Of a mask, false elsewhere.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0]).diag_embed().eval().as_slice(), [1.0, 0.0, 0.0, 2.0]);
    /// ```
    #[track_caller]
    fn diag_embed(self) -> Moved<Self, Appended<Self::S, <Self::S as LastAxis>::Last>>
    where
        Self: Source,
        Self::S: LastAxis + Append<<Self::S as LastAxis>::Last>,
    {
        self.moved(|x, shape, device| {
            let out_shape = shape.append(shape.last());
            let side = shape.last().size();
            let place = |i: usize| (i * side + i % side) as i64;
            let rows = NumberedRows::new(device, 1, (0..x.len()).map(place).collect());
            let mut out = device.zeroed(count(out_shape));
            device.put_rows(&mut out, 1, &rows.places, x);
            (out, out_shape, Moves::Spread(rows))
        })
    }

    /// The lower triangle of matrices: `y[.., i, j] = x[.., i, j]` where `j - i <= offset`, else 0. An offset of 0
    /// keeps the main diagonal, 1 the one above it too, -1 drops it.
    ///
    /// `dx = dy` where kept, and 0 elsewhere. NaN and infinity that are dropped leave no trace. One fused loop with
    /// what surrounds it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.tril(0).eval().as_slice(), [1.0, 0.0, 3.0, 4.0]);
    /// assert_eq!(x.tril(-1).eval().as_slice(), [0.0, 0.0, 3.0, 0.0]);
    /// ```
    fn tril(self, offset: isize) -> Filled<Self, TriangleOf<Self>>
    where
        Self::S: AxisAt<-2> + AxisAt<-1>,
        Self: Fillable<<Self as Operand>::E, TriangleOf<Self>>,
    {
        let vanishes = |shape, device| Triangle::of(shape, device, Keep::Lower(offset));
        self.fill(vanishes, <Self::E as Elem>::of_f64(0.0))
    }

    /// The upper triangle of matrices: `y[.., i, j] = x[.., i, j]` where `j - i >= offset`, else 0. An offset of 0
    /// keeps the main diagonal, -1 the one below it too, 1 drops it. As [`tril`](Diagonals::tril) in all else.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.triu(0).eval().as_slice(), [1.0, 2.0, 0.0, 4.0]);
    /// assert_eq!(x.triu(1).eval().as_slice(), [0.0, 2.0, 0.0, 0.0]);
    /// ```
    fn triu(self, offset: isize) -> Filled<Self, TriangleOf<Self>>
    where
        Self::S: AxisAt<-2> + AxisAt<-1>,
        Self: Fillable<<Self as Operand>::E, TriangleOf<Self>>,
    {
        let vanishes = |shape, device| Triangle::of(shape, device, Keep::Upper(offset));
        self.fill(vanishes, <Self::E as Elem>::of_f64(0.0))
    }
}
impl<X: Operand> Diagonals for X {}

/// The triangle that stays, and by how many columns it reaches beyond the main diagonal or falls short of it.
#[derive(Clone, Copy)]
enum Keep {
    Lower(isize),
    Upper(isize),
}

/// The mask of the triangle that vanishes, of matrices with rows `R` and columns `C`.
pub struct Triangle<R, C, D> {
    shape: (R, C),
    device: D,
    keep: Keep,
}

impl<R: Dim, C: Dim, D: Device> Triangle<R, C, D> {
    fn of<S: AxisAt<-2, At = R> + AxisAt<-1, At = C>>(shape: S, device: D, keep: Keep) -> Self {
        Triangle { shape: (AxisAt::<-2>::at(shape), AxisAt::<-1>::at(shape)), device, keep }
    }

    fn vanishing<E: Elem>(&self) -> Tensor<(R, C), E, D> {
        let columns = self.shape.1.size();
        let vanishes = |i: usize| {
            let right = (i % columns) as i128 - (i / columns) as i128;
            match self.keep {
                Keep::Lower(offset) => right > offset as i128,
                Keep::Upper(offset) => right < offset as i128,
            }
        };
        self.device.from_fn(self.shape, |i| E::of_i64(i64::from(vanishes(i))))
    }
}

#[diagnostic::do_not_recommend]
impl<R: Dim, C: Dim, D: Device> WholeMask for Triangle<R, C, D> {
    type S = (R, C);
    type D = D;
    fn whole(self) -> Tensor<(R, C), bool, D> {
        self.vanishing()
    }
}

#[diagnostic::do_not_recommend]
impl<R: Dim, C: Dim, E: Real, D: Device> Indicates<E> for Triangle<R, C, D> {
    type N = Leaf<(R, C), E, Off>;
    fn indicator(self) -> Leaf<(R, C), E, Off> {
        Leaf::constant(self.vanishing().buf, self.shape)
    }
}
