//! All combinations of the elements of two or three vectors.
//!
//! Apart from `matrix.rs` because several tensors go in and several come out.

use super::sized::sized;
use crate::device::{Buf, Device};
use crate::dims::{Dim, MulDim, Multiplied};
use crate::dtype::Elem;
use crate::error::{Error, attempt, room};
use crate::layout::count;
use crate::shape::Shape;
use crate::tensor::{Tensor, VectorShape};

/// The axes of a grid: two or three vectors of any element types, by reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the axes of a grid",
    label = "expected two or three vectors by reference",
    note = "`device.meshgrid((&x, &y))` takes vectors `(N,)` on the device"
)]
pub trait Grid<D> {
    /// One tensor an axis, indexed in the order of the axes.
    type Ij;
    /// One tensor an axis, the first two axes exchanged.
    type Xy;
    /// The tensors.
    #[doc(hidden)]
    fn ij(self, device: D) -> Self::Ij;
    /// The tensors.
    #[doc(hidden)]
    fn xy(self, device: D) -> Self::Xy;
}

/// Creation of grids on a device.
pub trait Grids: Device {
    /// The coordinates of a grid, one tensor an axis: element `[i, j]` of the first is `x[i]`, of the second `y[j]`.
    ///
    /// NumPy's `indexing="ij"`; an empty axis gives empty tensors.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (x, y) = Cpu.meshgrid((&Cpu.tensor([1, 2]), &Cpu.tensor([7, 8, 9])));
    /// assert_eq!(x, Cpu.tensor([[1, 1, 1], [2, 2, 2]]));
    /// assert_eq!(y, Cpu.tensor([[7, 8, 9], [7, 8, 9]]));
    /// ```
    fn meshgrid<G: Grid<Self>>(self, axes: G) -> G::Ij {
        axes.ij(self)
    }

    /// The coordinates of a picture, one tensor an axis: element `[j, i]` of the first is `x[i]`, of the second `y[j]`.
    ///
    /// NumPy's `indexing="xy"`, its default: the first two axes are exchanged.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (x, y) = Cpu.meshgrid_xy((&Cpu.tensor([1, 2]), &Cpu.tensor([7, 8, 9])));
    /// assert_eq!(x, Cpu.tensor([[1, 2], [1, 2], [1, 2]]));
    /// assert_eq!(y, Cpu.tensor([[7, 7], [8, 8], [9, 9]]));
    /// ```
    fn meshgrid_xy<G: Grid<Self>>(self, axes: G) -> G::Xy {
        axes.xy(self)
    }
}
impl<D: Device> Grids for D {}

#[diagnostic::do_not_recommend]
impl<A: Dim, B: Dim, E1: Elem, E2: Elem, D: Device> Grid<D> for (&Tensor<(A,), E1, D>, &Tensor<(B,), E2, D>) {
    type Ij = (Tensor<(A, B), E1, D>, Tensor<(A, B), E2, D>);
    type Xy = (Tensor<(B, A), E1, D>, Tensor<(B, A), E2, D>);
    fn ij(self, device: D) -> Self::Ij {
        let shape = (self.0.shape.0, self.1.shape.0);
        (along(self.0, shape, 0, device), along(self.1, shape, 1, device))
    }
    fn xy(self, device: D) -> Self::Xy {
        let shape = (self.1.shape.0, self.0.shape.0);
        (along(self.0, shape, 1, device), along(self.1, shape, 0, device))
    }
}

#[diagnostic::do_not_recommend]
impl<A: Dim, B: Dim, C: Dim, E1: Elem, E2: Elem, E3: Elem, D: Device> Grid<D>
    for (&Tensor<(A,), E1, D>, &Tensor<(B,), E2, D>, &Tensor<(C,), E3, D>)
{
    type Ij = (Tensor<(A, B, C), E1, D>, Tensor<(A, B, C), E2, D>, Tensor<(A, B, C), E3, D>);
    type Xy = (Tensor<(B, A, C), E1, D>, Tensor<(B, A, C), E2, D>, Tensor<(B, A, C), E3, D>);
    fn ij(self, device: D) -> Self::Ij {
        let shape = (self.0.shape.0, self.1.shape.0, self.2.shape.0);
        (along(self.0, shape, 0, device), along(self.1, shape, 1, device), along(self.2, shape, 2, device))
    }
    fn xy(self, device: D) -> Self::Xy {
        let shape = (self.1.shape.0, self.0.shape.0, self.2.shape.0);
        (along(self.0, shape, 1, device), along(self.1, shape, 0, device), along(self.2, shape, 2, device))
    }
}

/// A tensor that changes along one axis alone, where it is the vector.
#[track_caller]
fn along<N: Dim, S: Shape, E: Elem, D: Device>(
    vector: &Tensor<(N,), E, D>,
    shape: S,
    axis: usize,
    device: D,
) -> Tensor<S, E, D> {
    let (values, dims) = (vector.to_vec(), shape.dims());
    let step: usize = dims[axis + 1..].iter().product();
    let buf = Buf::from_fn(count(shape), |i| values[i / step % dims[axis]]);
    Tensor { buf: device.adopt(buf), shape, device }
}

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// All pairs of an element of this vector and one of the other, a row each; the last changes fastest.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let pairs = Cpu.tensor([1, 2]).cartesian_prod(&Cpu.tensor([7, 8]));
    /// assert_eq!(pairs, Cpu.tensor([[1, 7], [1, 8], [2, 7], [2, 8]]));
    /// ```
    pub fn cartesian_prod<A, B: Dim>(&self, other: &Tensor<(B,), E, D>) -> Tensor<(Multiplied<A, B>, crate::D<2>), E, D>
    where
        S: VectorShape<Length = A>,
        A: Dim + MulDim<B>,
    {
        Tensor { buf: pairs(self, other), shape: Default::default(), device: self.device }
    }

    /// All pairs of an element of this vector and one of the other, where the compiler does not know their number.
    ///
    /// `axis` is the constructor of a dim of run-time size.
    ///
    /// # Errors
    /// [`Error::Shape`] when the axis has another size.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// dims! { Batch = ?, Pairs = ? }
    /// let x = Cpu.from_slice((Batch(2),), &[1, 2])?;
    /// let pairs = x.cartesian_prod_as(&Cpu.tensor([7i64, 8]).convert(), Pairs)?;
    /// assert_eq!((pairs.shape().0, pairs.as_slice()), (Pairs(4), &[1, 7, 1, 8, 2, 7, 2, 8][..]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn cartesian_prod_as<B: Dim, A: Dim>(
        &self,
        other: &Tensor<(B,), E, D>,
        axis: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A, crate::D<2>), E, D>, Error>
    where
        S: VectorShape,
    {
        let both = (self.shape.length(), other.shape.0);
        let number = both.checked_len().ok_or_else(|| Error::too_large(both))?;
        let shape = (sized(axis, number)?, Default::default());
        Ok(Tensor { buf: attempt(|| pairs(self, other))?, shape, device: self.device })
    }
}

#[track_caller]
fn pairs<S: Shape, B: Dim, E: Elem, D: Device>(left: &Tensor<S, E, D>, right: &Tensor<(B,), E, D>) -> Buf<E> {
    let (left_values, right_values) = (left.to_vec(), right.to_vec());
    let mut out = room(left_values.len().saturating_mul(right_values.len()).saturating_mul(2));
    for &x in &left_values {
        right_values.iter().for_each(|&y| out.extend([x, y]));
    }
    left.device.upload(&out)
}
