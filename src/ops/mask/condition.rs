//! Conditions: masks, be they lazy comparisons or stored tensors of `bool`, and where they hold.
//!
//! Apart from `masked`, which uses them: here is what a mask is to all of it.

use super::logic::Mask;
use crate::device::{Buf, Device, Storage};
use crate::dims::{Dim, DimOf, Off, ToDim};
use crate::dtype::Numeric;
use crate::error::{collected, differ};
use crate::graph::{Ex, Leaf, Located};
use crate::layout::{Axes, Strided};
use crate::ops::index::NumberedRows;
pub(super) use crate::ops::movement::counted;
use crate::shape::{MaskShape, Shape};
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
pub trait Condition: Sized {
    /// The shape.
    type S: Shape;
    /// The device.
    type D: Device;
    /// What it is made of: a tensor of `bool`, or an expression that is 1 where it holds and 0 elsewhere.
    type Form;

    /// Shape, device, and what it is made of.
    fn parts(self) -> (Self::S, Self::D, Self::Form);

    /// The mask as a tensor.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0]).gt(1.5).holds().as_slice(), [false, true]);
    /// ```
    fn holds(self) -> Tensor<Self::S, bool, Self::D>
    where
        Self::Form: WholeMask,
    {
        let (shape, device, form) = self.parts();
        Tensor { buf: form.whole().buf, shape, device }
    }

    /// The indices at which it holds, a row each, in row-major order; NumPy's `argwhere`, PyTorch's `nonzero`.
    ///
    /// How many there are is known at run time: `count` is the constructor of that dim. A size of its own, `|_|
    /// D::<3>`, raises [`Error::Shape`](crate::Error::Shape) where it is another one.
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
        Self::Form: WholeMask,
        <Self::S as Shape>::Rank: ToDim<Dim: Default>,
    {
        let holds = self.holds();
        let (sizes, places) = (holds.dims(), holds.device.show(&holds.buf, places));
        let found = counted(places.len(), count);
        let mut indices = vec![0; places.len() * sizes.len()];
        for (row, &place) in indices.chunks_exact_mut(sizes.len().max(1)).zip(&places) {
            sizes.iter().zip(row).rev().fold(place, |rest, (&size, index)| {
                *index = rest % size as i64;
                rest / size as i64
            });
        }
        let buf = holds.device.adopt(Buf::adopted(indices));
        Tensor { buf, shape: (found, Default::default()), device: holds.device }
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
    fn flatnonzero<N: Dim>(self, count: impl FnOnce(usize) -> N) -> Tensor<(N,), i64, Self::D>
    where
        Self::Form: WholeMask,
    {
        let holds = self.holds();
        let places = holds.device.show(&holds.buf, places);
        let shape = (counted(places.len(), count),);
        Tensor { buf: holds.device.adopt(Buf::adopted(places)), shape, device: holds.device }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, D: Device> Condition for &Tensor<S, bool, D> {
    type S = S;
    type D = D;
    type Form = Self;
    fn parts(self) -> (S, D, Self) {
        (self.shape, self.device, self)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Numeric, D: Device, N> Condition for Mask<S, E, D, N> {
    type S = S;
    type D = D;
    type Form = Ex<S, E, D, N>;
    fn parts(self) -> (S, D, Ex<S, E, D, N>) {
        let indicator = self.to_float();
        (indicator.shape, indicator.device, indicator)
    }
}

/// What a mask is made of, where it can be computed as a whole.
#[diagnostic::on_unimplemented(
    message = "where a mask holds is found of whole masks",
    label = "this mask lives in a register of `share`",
    note = "in the body of `share`, `masked_fill` and `where_` use masks; for the rest, share the tensor by `with`"
)]
pub trait WholeMask {
    /// The shape.
    type S: Shape;
    /// The device.
    type D: Device;
    /// The mask as a tensor.
    fn whole(self) -> Tensor<Self::S, bool, Self::D>;
}

#[diagnostic::do_not_recommend]
impl<S: Shape, D: Device> WholeMask for &Tensor<S, bool, D> {
    type S = S;
    type D = D;
    fn whole(self) -> Tensor<S, bool, D> {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Numeric, D: Device, N: Located<E>> WholeMask for Ex<S, E, D, N> {
    type S = S;
    type D = D;
    fn whole(self) -> Tensor<S, bool, D> {
        Tensor {
            buf: self.device.convert(&self.node.in_order(self.device, self.shape)),
            shape: self.shape,
            device: self.device,
        }
    }
}

/// What a mask is made of, where it takes part in a fused loop over elements `E`.
#[diagnostic::on_unimplemented(
    message = "this mask does not select among elements of `{E}`",
    label = "expected a comparison of `{E}`, or a tensor of `bool` by reference",
    note = "`&mask.eval()` serves every element type"
)]
pub trait Indicates<E> {
    /// The graph that is 1 where the mask holds and 0 elsewhere.
    type N;
    /// The graph that is 1 where the mask holds and 0 elsewhere.
    fn indicator(self) -> Self::N;
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Numeric, D: Device> Indicates<E> for &Tensor<S, bool, D> {
    type N = Leaf<S, E, Off>;
    fn indicator(self) -> Leaf<S, E, Off> {
        self.mask().to_float().node
    }
}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Numeric, D: Device, N> Indicates<E> for Ex<S, E, D, N> {
    type N = N;
    fn indicator(self) -> N {
        self.node
    }
}

/// The places at which it holds.
fn places(holds: &[bool]) -> Vec<i64> {
    let count = holds.iter().filter(|holds| **holds).count();
    collected(count, (0..).zip(holds).filter(|(_, holds)| **holds).map(|(place, _)| place))
}

/// The elements of a tensor of this shape at which a mask holds, the mask being stretched to it.
#[track_caller]
pub(super) fn chosen<S: Shape, M: Condition<S: MaskShape<S>, Form: WholeMask>>(mask: M, shape: S) -> Vec<i64> {
    let (own, _, form) = mask.parts();
    covered(own, shape);
    stretched_places(form.whole(), shape)
}

/// The same as rows of one element.
#[track_caller]
pub(super) fn chosen_rows<S, D, M>(device: D, mask: M, shape: S) -> NumberedRows
where
    S: Shape,
    D: Device,
    M: Condition<S: MaskShape<S>, Form: WholeMask>,
{
    NumberedRows::new(device, 1, chosen(mask, shape))
}

/// A mask of shape `own` fits a tensor of this shape, or [`Error::Sizes`](crate::Error::Sizes) is raised.
#[track_caller]
pub(super) fn covered<M: MaskShape<S>, S: Shape>(own: M, shape: S) {
    if let Err(mismatch) = own.cover(shape) {
        differ(mismatch);
    }
}

/// The elements of a tensor of this shape at which a mask holds that fits it or stretches.
fn stretched_places<D: Device, S: Shape, M: Shape>(mask: Tensor<M, bool, D>, shape: S) -> Vec<i64> {
    let device = mask.device;
    device.show(&stretched(mask, shape), places)
}

/// The mask for each element of a tensor of this shape, which it fits or stretches to.
pub(super) fn stretched<D: Device, S: Shape, M: Shape>(mask: Tensor<M, bool, D>, shape: S) -> Buf<bool> {
    let Tensor { buf, shape: own, device } = mask;
    let (axes, region) = (Axes::contiguous(own), Axes::contiguous(shape));
    if axes == region {
        return buf;
    }
    device.copy_strided(&Strided { buf, offset: 0, axes: axes.along(&region.size) })
}
