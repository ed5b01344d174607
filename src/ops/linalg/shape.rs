//! Which shapes linear algebra takes: stacks of matrices, square ones, tall ones, and their right sides.
//!
//! Apart from `crate::shape` because these laws speak of the last two axes as one matrix, and of all others as a
//! batch.

use crate::dims::Dim;
use crate::shape::slice::Reaches;
use crate::shape::{Axis, AxisAt, FitIn, Mismatch, Reduce, Shape, Transpose};

/// A shape with rows and columns, its last two axes; those before them are the batch.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shape of matrices",
    label = "rank 2 or more is needed here: `[.., M, N]`",
    note = "a vector becomes a row by `.unsqueeze::<0>()` and a column by `.unsqueeze::<-1>()`",
    note = "a generic shape needs `where {Self}: MatrixAxes`"
)]
pub trait MatrixAxes:
    Transpose
    + Reduce<(Axis<-2>, Axis<-1>), Removed = <Self as MatrixAxes>::Batch>
    + AxisAt<-2, Removed = <Self as MatrixAxes>::Vectors<<Self as MatrixAxes>::Columns>>
    + AxisAt<-1, Removed = <Self as MatrixAxes>::Vectors<<Self as MatrixAxes>::Rows>>
{
    /// The axes before the last two.
    type Batch: Shape;
    /// The axis of rows.
    type Rows: Dim;
    /// The axis of columns.
    type Columns: Dim;
    /// Matrices of other sizes in the same batch.
    type Resized<M: Dim, N: Dim>: MatrixAxes<Batch = Self::Batch, Rows = M, Columns = N>;
    /// Vectors in the same batch.
    type Vectors<N: Dim>: AxisAt<-1, Removed = Self::Batch>;
    /// The axes before the last two.
    fn batch(self) -> Self::Batch;
    /// The axis of rows.
    fn rows(self) -> Self::Rows;
    /// The axis of columns.
    fn columns(self) -> Self::Columns;
    /// Matrices of other sizes in the same batch.
    fn resized<M: Dim, N: Dim>(self, rows: M, columns: N) -> Self::Resized<M, N>;
    /// Vectors in the same batch.
    fn vectors<N: Dim>(self, length: N) -> Self::Vectors<N>;
}

/// Square matrices: `[.., N, N]`.
#[diagnostic::on_unimplemented(
    message = "square matrices are needed here, found `{Self}`",
    label = "expected `[.., N, N]`: the last two axes of `{Self}` are not one dim twice",
    note = "of rectangular matrices there are `pinv`, `lstsq`, `qr` and `svd`",
    note = "a generic shape needs `where {Self}: Square`"
)]
pub trait Square:
    MatrixAxes<Rows = <Self as Square>::Size, Columns = <Self as Square>::Size, Batch = <Self as Square>::Each>
{
    /// The axis that rows and columns have in common.
    type Size: Dim;
    /// One number for each matrix. Told again, so that of a shape without matrices one law complains.
    type Each: Shape;
    /// One number for each row of each matrix.
    type Diagonal: AxisAt<-1, Removed = Self::Each>;
    /// One number for each row of each matrix.
    fn diagonal(self) -> Self::Diagonal;
}

/// The right sides of square systems of equations, `A · X = B`, where `A` has this shape and `B` the shape `R`.
///
/// `(.., N, N) · (N,) = (.., N)`, `(.., N, N) · (.., N) = (.., N)` where the right side has one axis less than the
/// matrices, and else `(.., N, N) · (.., N, K) = (.., N, K)`. The batches broadcast.
#[diagnostic::on_unimplemented(
    message = "`{R}` is no right side of equations with the matrix `{Self}`",
    label = "expected `[.., N]` or `[.., N, K]` for a matrix `[.., N, N]`",
    note = "vectors have one axis, or one less than the matrices, and all else is matrices; the axes before broadcast, \
            and `.unsqueeze::<0>()` adds one"
)]
pub trait Equations<R>: Shape {
    /// The shape of the solutions.
    type Solution: Shape;
    /// The axes of one right side: 1 of a vector, 2 of a matrix.
    const AXES: usize;
    /// The shape of the solutions; fails when run-time sizes differ.
    fn solution(self, right: R) -> Result<SolutionsOf<Self, R>, Mismatch>;
}

/// The shape of the solutions of equations.
pub type SolutionsOf<A, B> = <A as Equations<B>>::Solution;

congruent_macros::rank_impls! { Equations }

/// The right side of a system of equations `A · X = B` that has as many of them as `A` has matrices: vectors or
/// matrices.
///
/// `(.., N, N) · (.., N) = (.., N)` and `(.., N, N) · (.., N, K) = (.., N, K)`; the batches are one type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no right side of equations with the matrix `{A}`",
    label = "expected `[.., N]` or `[.., N, K]` for a matrix `[.., N, N]`",
    note = "the axes before the matrix are the same on both sides: `.expand(shape)` stretches one of them"
)]
pub trait RightSide<A>: Shape {
    /// The solution of a rectangular system: `N` in place of its rows.
    type Solution<N: Dim>: Shape;
    /// How many columns there are.
    fn width(self) -> usize;
    /// The shape of the solution.
    fn solution<N: Dim>(self, size: N) -> Self::Solution<N>;
}

/// Rows that are not fewer than `N` columns: by type where they are static, else checked when the program runs.
#[diagnostic::on_unimplemented(
    message = "a tall matrix is needed here: `{Self}` rows are fewer than `{N}` columns",
    label = "expected `[.., M, N]` with M >= N",
    note = "a wide matrix is decomposed through its transpose: `x.t()`"
)]
pub trait RowsFor<N>: Dim {}
#[diagnostic::do_not_recommend]
impl<M: Dim<Static: Reaches<M, N>>, N> RowsFor<N> for M {}

macro_rules! matrices {
    ($([$($axis:ident $place:tt)*] $row:tt $column:tt;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim,)* Row: Dim, Column: Dim> MatrixAxes for ($($axis,)* Row, Column) {
            type Batch = ($($axis,)*);
            type Rows = Row;
            type Columns = Column;
            type Resized<M: Dim, N: Dim> = ($($axis,)* M, N);
            type Vectors<N: Dim> = ($($axis,)* N,);
            #[allow(clippy::unused_unit, reason = "one matrix has no batch")]
            fn batch(self) -> Self::Batch {
                ($(self.$place,)*)
            }
            fn rows(self) -> Row {
                self.$row
            }
            fn columns(self) -> Column {
                self.$column
            }
            fn resized<M: Dim, N: Dim>(self, rows: M, columns: N) -> Self::Resized<M, N> {
                ($(self.$place,)* rows, columns)
            }
            fn vectors<N: Dim>(self, length: N) -> Self::Vectors<N> {
                ($(self.$place,)* length,)
            }
        }

        /// `(.., N, N)`
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim,)* N: Dim> Square for ($($axis,)* N, N) {
            type Size = N;
            type Each = ($($axis,)*);
            type Diagonal = ($($axis,)* N,);
            fn diagonal(self) -> Self::Diagonal {
                ($(self.$place,)* self.$row,)
            }
        }

        /// `(.., M, N) · (.., N) = (.., M)`. That the matrix is square is another law, so that a mistake is one
        /// error.
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim,)* M: Dim, Column: Dim> RightSide<($($axis,)* M, Column)> for ($($axis,)* M,) {
            type Solution<N: Dim> = ($($axis,)* N,);
            fn width(self) -> usize {
                1
            }
            fn solution<N: Dim>(self, size: N) -> Self::Solution<N> {
                ($(self.$place,)* size,)
            }
        }

        /// `(.., M, N) · (.., N, K) = (.., M, K)`
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim,)* M: Dim, Column: Dim, K: Dim> RightSide<($($axis,)* M, Column)> for ($($axis,)* M, K) {
            type Solution<N: Dim> = ($($axis,)* N, K);
            fn width(self) -> usize {
                self.$column.size()
            }
            fn solution<N: Dim>(self, size: N) -> Self::Solution<N> {
                ($(self.$place,)* size, self.$column)
            }
        }
    )*};
}

matrices! {
    [] 0 1;
    [A 0] 1 2;
    [A 0 B 1] 2 3;
    [A 0 B 1 C 2] 3 4;
    [A 0 B 1 C 2 F 3] 4 5;
}

#[cfg(test)]
mod tests {
    use super::{MatrixAxes, RightSide, Square};
    use crate::dims::{D, Dim, dims};
    use crate::shape::Shape;

    dims! { Batch = ? }

    fn size<S: Square>(shape: S) -> usize {
        shape.rows().size().max(shape.columns().size())
    }

    #[test]
    fn a_stack_has_batch_rows_and_columns() {
        let shape = (Batch(2), D::<3>, D::<4>);
        assert_eq!((shape.batch(), shape.rows(), shape.columns()), ((Batch(2),), D::<3>, D::<4>));
        assert_eq!(shape.resized(D::<5>, D::<6>), (Batch(2), D::<5>, D::<6>));
        assert_eq!(shape.vectors(D::<7>), (Batch(2), D::<7>));
        assert_eq!(size((D::<7>, D::<7>)), 7);
    }

    #[test]
    fn right_sides_are_vectors_and_matrices() {
        fn found<A: MatrixAxes, B: RightSide<A>>(a: A, b: B) -> (Vec<usize>, usize) {
            (b.solution(a.columns()).dims().to_vec(), b.width())
        }
        assert_eq!(found((D::<4>, D::<3>), (D::<4>,)), (vec![3], 1));
        assert_eq!(found((D::<4>, D::<3>), (D::<4>, D::<2>)), (vec![3, 2], 2));
        assert_eq!(found((Batch(9), D::<4>, D::<3>), (Batch(9), D::<4>)), (vec![9, 3], 1));
    }
}
