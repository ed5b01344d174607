//! Matrices by rule: the identity, triangles, powers.
//!
//! Apart from `values.rs` because each speaks of rows and columns, the last two axes.

use super::Create;
use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::{Elem, Real};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A shape with rows and columns: its last two axes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows and columns",
    label = "rank 2 or more is needed here",
    note = "a vector becomes a matrix by `x.diag()`, a row by `.unsqueeze::<0>()`"
)]
pub trait MatrixShape: Shape {
    /// The sizes of the last two axes.
    #[doc(hidden)]
    fn rows_and_columns(self) -> [usize; 2] {
        let dims = self.dims();
        [dims[Self::RANK - 2], dims[Self::RANK - 1]]
    }
}

/// A shape of one axis.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the shape of a vector",
    label = "exactly one axis is needed here",
    note = "`x.reshape((N,))` makes a vector of any tensor"
)]
pub trait VectorShape: Shape {
    /// The axis.
    type Length: Dim;

    /// The axis.
    fn length(self) -> Self::Length;
}

#[diagnostic::do_not_recommend]
impl<N: Dim> VectorShape for (N,) {
    type Length = N;
    fn length(self) -> N {
        self.0
    }
}

macro_rules! matrix_shapes {
    ($([$($axis:ident)*])*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($axis: Dim),*> MatrixShape for ($($axis,)*) {}
    )*};
}
matrix_shapes! { [A B] [A B C] [A B C F] [A B C F G] [A B C F G H] }

/// Creation of matrices on a device.
pub trait Matrices: Device {
    /// The identity in `f32`: ones on the main diagonal, zeros elsewhere.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.eye(D::<2>), Cpu.tensor([[1.0, 0.0], [0.0, 1.0]]));
    /// ```
    #[track_caller]
    fn eye<N: Dim>(self, size: N) -> Tensor<(N, N), f32, Self> {
        self.eye_of(size)
    }

    /// The identity in any element type; `true` on the diagonal for `bool`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.eye_of::<i64, _>(D::<2>), Cpu.tensor([[1, 0], [0, 1]]));
    /// ```
    #[track_caller]
    fn eye_of<E: Elem, N: Dim>(self, size: N) -> Tensor<(N, N), E, Self> {
        self.eye_offset_of((size, size), 0)
    }

    /// `f32` ones on diagonal `offset` of a matrix of any size: element `[i, j]` is 1 where `j = i + offset`.
    ///
    /// An offset outside of the matrix gives zeros.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.eye_offset((D::<2>, D::<3>), 1), Cpu.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]));
    /// ```
    #[track_caller]
    fn eye_offset<R: Dim, C: Dim>(self, shape: (R, C), offset: isize) -> Tensor<(R, C), f32, Self> {
        self.eye_offset_of(shape, offset)
    }

    /// Ones of any element type on diagonal `offset`; see [`eye_offset`](Matrices::eye_offset).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.eye_offset_of::<i64, _, _>((D::<2>, D::<2>), -1), Cpu.tensor([[0, 0], [1, 0]]));
    /// ```
    #[track_caller]
    fn eye_offset_of<E: Elem, R: Dim, C: Dim>(self, shape: (R, C), offset: isize) -> Tensor<(R, C), E, Self> {
        self.from_index_fn(shape, |[row, column]| E::of_i64(i64::from(above(row, column) == offset as i128)))
    }

    /// `f32` ones at and below diagonal `offset`: element `[i, j]` is 1 where `j <= i + offset`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tri((D::<2>, D::<3>), 0), Cpu.tensor([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]));
    /// ```
    #[track_caller]
    fn tri<R: Dim, C: Dim>(self, shape: (R, C), offset: isize) -> Tensor<(R, C), f32, Self> {
        self.tri_of(shape, offset)
    }

    /// Ones of any element type at and below diagonal `offset`; see [`tri`](Matrices::tri).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tri_of::<bool, _, _>((D::<2>, D::<2>), 0).as_slice(), [true, false, true, true]);
    /// ```
    #[track_caller]
    fn tri_of<E: Elem, R: Dim, C: Dim>(self, shape: (R, C), offset: isize) -> Tensor<(R, C), E, Self> {
        self.from_index_fn(shape, |[row, column]| E::of_i64(i64::from(above(row, column) <= offset as i128)))
    }
}
impl<D: Device> Matrices for D {}

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// The powers of each element in a row, falling: `xᶜ⁻¹, .., x², x, 1`.
    ///
    /// NumPy's order, by repeated multiplication; 0 to the power of 0 is 1, and so is NaN.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([2.0, 3.0]);
    /// assert_eq!(x.vander(D::<3>), Cpu.tensor([[4.0, 2.0, 1.0], [9.0, 3.0, 1.0]]));
    /// ```
    pub fn vander<N: Dim, C: Dim>(&self, columns: C) -> Tensor<(N, C), E, D>
    where
        S: VectorShape<Length = N>,
        E: Real,
    {
        powers(self, columns, |row| row.reverse())
    }

    /// The powers of each element in a row, rising: `1, x, x², .., xᶜ⁻¹`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([2.0, 3.0]);
    /// assert_eq!(x.vander_increasing(D::<3>), Cpu.tensor([[1.0, 2.0, 4.0], [1.0, 3.0, 9.0]]));
    /// ```
    pub fn vander_increasing<N: Dim, C: Dim>(&self, columns: C) -> Tensor<(N, C), E, D>
    where
        S: VectorShape<Length = N>,
        E: Real,
    {
        powers(self, columns, |_| {})
    }
}

/// How far a place stands to the right of the main diagonal.
fn above(row: usize, column: usize) -> i128 {
    column as i128 - row as i128
}

fn powers<S: VectorShape, E: Real, D: Device, C: Dim>(
    x: &Tensor<S, E, D>,
    columns: C,
    order: impl Fn(&mut [E]),
) -> Tensor<(S::Length, C), E, D> {
    let mut out = x.device.zeros_of::<E, _>((x.shape.length(), columns)).to_vec();
    let width = columns.size().max(1);
    for (row, x) in out.chunks_exact_mut(width).zip(x.to_vec()) {
        let mut power = E::of_f64(1.0);
        row.fill_with(|| {
            let now = power;
            power = power * x;
            now
        });
        order(row);
    }
    Tensor { buf: x.device.upload(&out), shape: (x.shape.length(), columns), device: x.device }
}
