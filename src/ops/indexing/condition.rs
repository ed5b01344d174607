//! Conditions: masks, be they lazy comparisons or stored tensors of `bool`, and where they hold.
//!
//! Apart from `masked`, which uses them: here is what a mask is to all of it.

use super::super::mask::Mask;
use super::indices::Rows;
use crate::device::{Buf, Device};
use crate::dims::{Dim, DimOf, Off, ToDim};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Axes, Ex, Leaf, Node, Strided};
use crate::shape::{MaskOf, Shape};
use crate::tensor::Tensor;

/// Something that holds or not, element by element: `x.gt(0.5)`, or `&Tensor` of `bool`.
///
/// ```
/// use congruent::prelude::*;
/// let (x, mask) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor_of::<bool, _>([true, false]));
/// assert_eq!(x.masked_fill(&mask, 0.0).eval().as_slice(), x.masked_fill(x.lt(1.5), 0.0).eval().as_slice());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mask",
    label = "expected a comparison, `x.gt(0.5)`, or a tensor of `bool` by reference",
    note = "`x.ne(0.0)` holds where a number is not 0; `&x.convert::<bool>()` for integers"
)]
pub trait MaskLike: Sized {
    /// The shape.
    type S: Shape;
    /// The device.
    type D: Device;
}

/// A mask that can be computed as a whole, and the places where it holds.
#[diagnostic::on_unimplemented(
    message = "the places where a mask holds are found of whole masks",
    label = "lives in a register of `share`, or is not a mask",
    note = "expected a comparison, `x.gt(0.5)`, or a tensor of `bool` by reference"
)]
pub trait Condition: MaskLike {
    /// The mask as a tensor.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0]).gt(1.5).holds().as_slice(), [false, true]);
    /// ```
    fn holds(self) -> Tensor<Self::S, bool, Self::D>;

    /// The indices at which it holds, a row each, in row-major order; NumPy's `argwhere`, PyTorch's `nonzero`.
    ///
    /// How many there are is known at run time: `count` is the constructor of that dim. A size of its own, `|_|
    /// D::<3>`, raises [`Error::Shape`] where it is another one.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let x = Cpu.tensor([[1.0, 0.0], [0.0, 3.0]]);
    /// let places: Tensor<(Found, D<2>), i64> = x.ne(0.0).argwhere(Found);
    /// assert_eq!(places.as_slice(), [0, 0, 1, 1]);
    /// ```
    #[doc(alias = "nonzero")]
    #[track_caller]
    #[expect(clippy::type_complexity, reason = "a matrix whose width is the rank")]
    fn argwhere<N: Dim>(
        self,
        count: impl FnOnce(usize) -> N,
    ) -> Tensor<(N, DimOf<<Self::S as Shape>::Rank>), i64, Self::D>
    where
        <Self::S as Shape>::Rank: ToDim<Dim: Default>,
    {
        let holds = self.holds();
        let (sizes, places) = (holds.dims(), places(&holds.to_vec()));
        let found = counted(places.len(), count);
        let mut indices = vec![0; places.len() * sizes.len()];
        for (row, &place) in indices.chunks_exact_mut(sizes.len().max(1)).zip(&places) {
            sizes.iter().zip(row).rev().fold(place, |rest, (&size, index)| {
                *index = rest % size as i64;
                rest / size as i64
            });
        }
        Tensor { buf: holds.device.upload(&indices), shape: (found, Default::default()), device: holds.device }
    }

    /// The places at which it holds, counted in row-major order.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Found = ? }
    /// let x = Cpu.tensor([[1.0, 0.0], [0.0, 3.0]]);
    /// assert_eq!(x.ne(0.0).flatnonzero(Found).as_slice(), [0, 3]);
    /// ```
    #[track_caller]
    fn flatnonzero<N: Dim>(self, count: impl FnOnce(usize) -> N) -> Tensor<(N,), i64, Self::D> {
        let holds = self.holds();
        let places = places(&holds.to_vec());
        Tensor { buf: holds.device.upload(&places), shape: (counted(places.len(), count),), device: holds.device }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, D: Device> MaskLike for &Tensor<S, bool, D> {
    type S = S;
    type D = D;
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Real, D: Device, N> MaskLike for Mask<S, E, D, N> {
    type S = S;
    type D = D;
}

#[diagnostic::do_not_recommend]
impl<S: Shape, D: Device> Condition for &Tensor<S, bool, D> {
    fn holds(self) -> Tensor<S, bool, D> {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Real, D: Device, N: Node<E>> Condition for Mask<S, E, D, N> {
    fn holds(self) -> Tensor<S, bool, D> {
        self.eval()
    }
}

/// A mask that takes part in a fused loop over elements `E`.
#[diagnostic::on_unimplemented(
    message = "this mask does not select among elements of `{E}`",
    label = "expected a comparison of `{E}`, or a tensor of `bool` by reference",
    note = "`&mask.eval()` serves every element type"
)]
pub trait MaskOver<E>: MaskLike {
    /// Its graph.
    type N;
    /// The expression that is 1 where the mask holds and 0 elsewhere.
    fn indicator(self) -> Ex<Self::S, E, Self::D, Self::N>;
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Real, D: Device> MaskOver<E> for &Tensor<S, bool, D> {
    type N = Leaf<S, E, Off>;
    fn indicator(self) -> Ex<S, E, D, Leaf<S, E, Off>> {
        self.mask().to_float()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Real, D: Device, N> MaskOver<E> for Mask<S, E, D, N> {
    type N = N;
    fn indicator(self) -> Ex<S, E, D, N> {
        self.to_float()
    }
}

/// The places at which it holds.
fn places(holds: &[bool]) -> Vec<i64> {
    (0..).zip(holds).filter(|(_, holds)| **holds).map(|(place, _)| place).collect()
}

/// The dim of what was counted; a constructor that does not keep the count raises [`Error::Shape`].
#[track_caller]
pub(super) fn counted<N: Dim>(found: usize, count: impl FnOnce(usize) -> N) -> N {
    let dim = count(found);
    if dim.size() != found {
        raise(Error::Shape { found: vec![found], wanted: (dim,).describe() });
    }
    dim
}

/// The elements of a tensor of this shape at which a mask holds, the mask being stretched to it.
#[track_caller]
pub(super) fn chosen<S: Shape, M: Condition<S: MaskOf<S>>>(mask: M, shape: S) -> Vec<i64> {
    let Tensor { buf, shape: own, device } = mask.holds();
    if let Err(mismatch) = own.cover(shape) {
        raise(mismatch.into());
    }
    places(&device.download(&stretched(device, buf, own, shape)))
}

fn stretched<D: Device, S: Shape, M: Shape>(device: D, buf: Buf<bool>, own: M, shape: S) -> Buf<bool> {
    let region = Axes::contiguous(shape);
    let axes = Axes::contiguous(own);
    if axes == region { buf } else { device.copy_strided(&Strided { buf, offset: 0, axes: axes.along(&region.size) }) }
}

/// The same as rows of one element.
#[track_caller]
pub(super) fn chosen_rows<S: Shape, D: Device, M: Condition<S: MaskOf<S>>>(device: D, mask: M, shape: S) -> Rows {
    Rows::new(device, 1, chosen(mask, shape))
}
