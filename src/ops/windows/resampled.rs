//! Pictures sampled anew to other sizes, and the gradient of that.
//!
//! Apart from `adaptive`, which goes to fewer places by what their parts have in common: here elements are made that
//! lie between others.

use super::adaptive::cut;
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Described, Differentiable, Ex, Given, Node, Operand, Ruled, SlopeRule, Work};
pub use crate::loops::Resample;
use crate::loops::SampleWalk;
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::{AxisSizes, Pictures, Shape, Space};

/// What `X` sampled anew to the axes of space `P` gives.
pub type SampledOf<const R: usize, X, P> = RuledOf<
    X,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, <<X as Operand>::S as Pictures<R>>::Channels>,
    SampledBack,
>;

/// Pictures sampled anew, of a graph that is known to be whole.
#[track_caller]
pub(crate) fn sampled<const R: usize, S, E, D, N, P>(
    x: Ex<S, E, D, N>,
    how: Resample,
    places: P,
) -> Ruled<Ex<S, E, D, N>, P::Under<S::Batch, S::Channels>, SampledBack>
where
    S: Pictures<R>,
    E: Real,
    D: Device,
    N: Node<E>,
    P: Space,
{
    let (shape, parts) = cut::<R, _, _>(x.shape, places);
    if parts.space.contains(&0) && !parts.places.contains(&0) {
        let (what, rule) = ("axes of space to interpolate", "places between no elements have no value");
        raise(Error::Value { what, found: format!("{:?}", x.shape.dims()), rule });
    }
    let how = SampleWalk { parts, how };
    let out = x.device.resample(&how, &x.materialise());
    x.ruled(out, shape, SampledBack { how })
}

/// The rule of pictures sampled anew.
pub struct SampledBack {
    how: SampleWalk,
}

impl Described for SampledBack {
    const NAME: &'static str = "resample";
    const KIND: Work = Work::WindowPool;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for SampledBack {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        drop(out);
        device.resample_back(&self.how, &gradient)
    }
}

/// Pictures `(N, C, ..)` sampled anew to other sizes along each axis of space: PyTorch's `F.interpolate` with
/// `size`.
///
/// `y[i] = Σ w(i, k) · x[k]` along each axis, one after the other; [`Resample`] says which neighbours count and
/// how much, with the corners aligned or not, as PyTorch's `nearest`, `linear`, `bilinear`, `trilinear` and
/// `bicubic`. The gradient of each element is the sum of what it counts. The sizes are a tuple of dims, also of
/// those that only the run knows. Sums are in `f64` and rounded once. NaN reaches the places that it counts
/// at. An empty batch gives an empty batch; axes without elements that should have some raise
/// [`Error::Value`](crate::Error::Value).
pub trait Resampling: Operand + Sized {
    /// `(N, C, L)` to another length.
    ///
    /// ```
    /// use congruent::{ops::Resample, prelude::*};
    /// let x = Cpu.tensor([[[1.0, 3.0]]]);
    /// let y = x.interpolate1d((D::<4>,), Resample::Multilinear { align_corners: false }).eval();
    /// assert_eq!(y, Cpu.tensor([[[1.0, 1.5, 2.5, 3.0]]]));
    /// ```
    #[track_caller]
    fn interpolate1d<P: AxisSizes<1>>(self, sizes: P, how: Resample) -> SampledOf<1, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
    {
        result_of::<Self, _, _>(sampled::<1, _, _, _, _, _>(whole(self), how, sizes.own()))
    }

    /// `(N, C, H, W)` to another height and width.
    ///
    /// ```
    /// use congruent::{ops::Resample, prelude::*};
    /// let x = Cpu.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]);
    /// let y = x.interpolate2d((D::<3>, D::<3>), Resample::Multilinear { align_corners: true }).eval();
    /// assert_eq!(y, Cpu.tensor([[[[1.0, 1.5, 2.0], [2.0, 2.5, 3.0], [3.0, 3.5, 4.0]]]]));
    /// let y = x.interpolate2d((D::<2>, D::<4>), Resample::Nearest).eval();
    /// assert_eq!(y, Cpu.tensor([[[[1.0, 1.0, 2.0, 2.0], [3.0, 3.0, 4.0, 4.0]]]]));
    /// ```
    #[track_caller]
    fn interpolate2d<P: AxisSizes<2>>(self, sizes: P, how: Resample) -> SampledOf<2, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
    {
        result_of::<Self, _, _>(sampled::<2, _, _, _, _, _>(whole(self), how, sizes.own()))
    }

    /// `(N, C, D, H, W)` to other sizes.
    ///
    /// ```
    /// use congruent::{ops::Resample, prelude::*};
    /// let x = Cpu.ones::<Shape![1, 2, 3, 4, 5]>();
    /// let y = x.interpolate3d((D::<6>, D::<2>, D::<5>), Resample::Nearest).eval();
    /// assert_eq!(y, Cpu.ones::<Shape![1, 2, 6, 2, 5]>());
    /// ```
    #[track_caller]
    fn interpolate3d<P: AxisSizes<3>>(self, sizes: P, how: Resample) -> SampledOf<3, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
    {
        result_of::<Self, _, _>(sampled::<3, _, _, _, _, _>(whole(self), how, sizes.own()))
    }
}
impl<X: Operand> Resampling for X {}
