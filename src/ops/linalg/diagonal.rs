//! Diagonals and triangles of matrices: the last two axes of any shape.
//!
//! Apart from `index` because no indices are given: they follow from the sizes.

use super::shape::Square;
use super::square::check_square;
use crate::device::{Device, IndexWork, Storage};
use crate::dims::{Dim, Off};
use crate::dtype::Elem;
use crate::graph::{Leaf, Operand};
use crate::layout::{Strided, count};
use crate::ops::index::{Moved, Moves, NumberedRows, Source, ViewedAs};
use crate::ops::mask::{Filled, filled};
use crate::shape::{Append, Appended, AxisAt, LastAxis};
use crate::tensor::Create;

/// A triangle of `X`.
pub type TriangleOf<X> = Filled<X, Leaf<MatrixOf<X>, <X as Operand>::E, Off>>;

/// The shape of the matrices of `X`.
type MatrixOf<X> = (<<X as Operand>::S as AxisAt<-2>>::At, <<X as Operand>::S as AxisAt<-1>>::At);

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
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let out_shape = shape.append(shape.last());
        let side = shape.last().size();
        let place = |i: usize| (i * side + i % side) as i64;
        let rows = NumberedRows::new(device, 1, (0..x.len()).map(place).collect());
        let mut out = device.zeroed(count(out_shape));
        device.put_rows(&mut out, 1, &rows.places, x);
        Self::moved((out, out_shape, Moves::Spread(rows)), whole)
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
    fn tril(self, offset: isize) -> TriangleOf<Self>
    where
        Self::S: AxisAt<-2> + AxisAt<-1>,
    {
        filled(self, Default::default(), |shape, device| vanishing(shape, device, Keep::Lower(offset)))
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
    fn triu(self, offset: isize) -> TriangleOf<Self>
    where
        Self::S: AxisAt<-2> + AxisAt<-1>,
    {
        filled(self, Default::default(), |shape, device| vanishing(shape, device, Keep::Upper(offset)))
    }
}
impl<X: Operand> Diagonals for X {}

/// The triangle that stays, and by how many columns it reaches beyond the main diagonal or falls short of it.
#[derive(Clone, Copy)]
enum Keep {
    Lower(isize),
    Upper(isize),
}

/// 1 in the triangle that vanishes and 0 elsewhere, of matrices with rows `R` and columns `C`.
fn vanishing<S, R: Dim, C: Dim, E: Elem, D: Device>(shape: S, device: D, keep: Keep) -> Leaf<(R, C), E, Off>
where
    S: AxisAt<-2, At = R> + AxisAt<-1, At = C>,
{
    let shape = (AxisAt::<-2>::at(shape), AxisAt::<-1>::at(shape));
    let columns = shape.1.size();
    let vanishes = |i: usize| {
        let right = (i % columns) as i128 - (i / columns) as i128;
        match keep {
            Keep::Lower(offset) => right > offset as i128,
            Keep::Upper(offset) => right < offset as i128,
        }
    };
    Leaf::constant(device.from_fn(shape, |i| E::of_i64(i64::from(vanishes(i)))).buf, shape)
}
