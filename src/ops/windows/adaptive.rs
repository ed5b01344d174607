//! Pooling of pictures into a given number of parts along each axis, and its gradients.
//!
//! Apart from `pooling`, whose windows have a given size: here the number of places is given, and global pooling is
//! that of one place.

use super::convolved::three;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Described, Differentiable, Ex, Given, Node, Operand, Ruled, SlopeRule, Work};
use crate::layout::count;
use crate::loops::PartWalk;
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::{AxisSizes, Pictures, Shape, Space};

/// What a pooling of `X` into parts `P` gives.
pub type PartsOf<const R: usize, X, P> = RuledOf<
    X,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, <<X as Operand>::S as Pictures<R>>::Channels>,
    PartsBack<<X as Operand>::E>,
>;

/// Pictures whose axes of space become as many places as `places` says, and a device's walk of that.
pub(crate) fn cut<const R: usize, S: Pictures<R>, P: Space>(
    shape: S,
    places: P,
) -> (P::Under<S::Batch, S::Channels>, PartWalk) {
    let (batch, channels, space) = shape.parts();
    let out = places.under(batch, channels);
    count(out);
    count(places);
    count(space);
    (out, PartWalk { space: three(space), places: three(places), channels: batch.size() * channels.size() })
}

/// What becomes of the elements of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartBy {
    Max,
    Mean,
}

/// The pooling into parts of a graph that is known to be whole.
#[track_caller]
pub(crate) fn parted<const R: usize, S, E, D, N, P>(
    x: Ex<S, E, D, N>,
    pool: PartBy,
    places: P,
) -> Ruled<Ex<S, E, D, N>, P::Under<S::Batch, S::Channels>, PartsBack<E>>
where
    S: Pictures<R>,
    E: Real,
    D: Device,
    N: Node<E>,
    P: Space,
{
    let (shape, how) = cut::<R, _, _>(x.shape, places);
    let pictures = x.materialise();
    let out = match pool {
        PartBy::Max => x.device.part_max(&how, &pictures),
        PartBy::Mean => x.device.part_mean(&how, &pictures),
    };
    let kept = (pool == PartBy::Max && x.node.live()).then_some(pictures);
    x.ruled(out, shape, PartsBack { how, pictures: kept })
}

/// The rule of a pooling into parts; that of the largest elements finds them by their value, which is the result.
pub struct PartsBack<E> {
    how: PartWalk,
    pictures: Option<Buf<E>>,
}

impl<E: 'static> Described for PartsBack<E> {
    const NAME: &'static str = "adaptive_pool";
    const KIND: Work = Work::WindowPool;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for PartsBack<E> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        match self.pictures {
            Some(pictures) => device.part_max_back(&self.how, &gradient, &pictures, &out),
            None => device.part_mean_back(&self.how, &gradient),
        }
    }
}

/// Pooling of pictures `(N, C, ..)` into so many places along each axis of space: PyTorch's
/// `adaptive_max_pool2d`, `adaptive_avg_pool2d` and their kin over one and three axes.
///
/// Place `p` of `P` has the largest element, or the mean, of the elements from `⌊p · L / P⌋` to before
/// `⌈(p + 1) · L / P⌉`, so that neighbours share elements where `P` does not divide `L`. The places are a tuple
/// of dims, also of those that only the run knows: `(Rows(5), D::<3>)`. One place, `(D::<1>, D::<1>)`, is
/// global pooling. The gradient of a largest element goes to the first one of its part, that of a mean in equal
/// shares to all. A NaN in a part is NaN at its place. Means are summed in `f64`, and so are gradients that
/// meet at an element. Of no elements the largest is `-inf`, and the mean NaN. An empty batch gives an empty
/// batch.
pub trait AdaptivePooling: Operand + Sized {
    /// The largest element of each part of `(N, C, L)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0, 3.0]]]);
    /// assert_eq!(x.adaptive_max_pool1d((D::<2>,)).eval(), Cpu.tensor([[[5.0, 4.0]]]));
    /// ```
    #[track_caller]
    fn adaptive_max_pool1d<P: AxisSizes<1>>(self, places: P) -> PartsOf<1, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
    {
        result_of::<Self, _, _>(parted::<1, _, _, _, _, _>(whole(self), PartBy::Max, places.own()))
    }

    /// The largest element of each part of `(N, C, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Rows = ? }
    /// let x = Cpu.from_fn((D::<1>, D::<2>, D::<4>, D::<6>), |i| i as f32);
    /// let y: Tensor<(D<1>, D<2>, Rows, D<1>)> = x.adaptive_max_pool2d((Rows(2), D::<1>)).eval();
    /// assert_eq!(y.as_slice(), [11.0, 23.0, 35.0, 47.0]);
    /// ```
    #[track_caller]
    fn adaptive_max_pool2d<P: AxisSizes<2>>(self, places: P) -> PartsOf<2, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
    {
        result_of::<Self, _, _>(parted::<2, _, _, _, _, _>(whole(self), PartBy::Max, places.own()))
    }

    /// The largest element of each part of `(N, C, D, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![1, 2, 3, 4, 6]>();
    /// assert_eq!(x.adaptive_max_pool3d((D::<2>, D::<2>, D::<5>)).shape(), (D::<1>, D::<2>, D::<2>, D::<2>, D::<5>));
    /// ```
    #[track_caller]
    fn adaptive_max_pool3d<P: AxisSizes<3>>(self, places: P) -> PartsOf<3, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
    {
        result_of::<Self, _, _>(parted::<3, _, _, _, _, _>(whole(self), PartBy::Max, places.own()))
    }

    /// The mean of each part of `(N, C, L)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 5.0, 3.0]]]);
    /// assert_eq!(x.adaptive_avg_pool1d((D::<2>,)).eval(), Cpu.tensor([[[3.0, 4.0]]]));
    /// ```
    #[track_caller]
    fn adaptive_avg_pool1d<P: AxisSizes<1>>(self, places: P) -> PartsOf<1, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
    {
        result_of::<Self, _, _>(parted::<1, _, _, _, _, _>(whole(self), PartBy::Mean, places.own()))
    }

    /// The mean of each part of `(N, C, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.from_fn((D::<1>, D::<2>, D::<2>, D::<2>), |i| i as f32);
    /// assert_eq!(x.adaptive_avg_pool2d((D::<1>, D::<1>)).eval(), Cpu.tensor([[[[1.5]], [[5.5]]]]));
    /// assert_eq!(x.adaptive_avg_pool2d((D::<2>, D::<2>)).eval(), x);
    /// ```
    #[track_caller]
    fn adaptive_avg_pool2d<P: AxisSizes<2>>(self, places: P) -> PartsOf<2, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
    {
        result_of::<Self, _, _>(parted::<2, _, _, _, _, _>(whole(self), PartBy::Mean, places.own()))
    }

    /// The mean of each part of `(N, C, D, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![1, 2, 3, 4, 6]>();
    /// assert_eq!(x.adaptive_avg_pool3d((D::<1>, D::<1>, D::<1>)).eval(), Cpu.ones::<Shape![1, 2, 1, 1, 1]>());
    /// ```
    #[track_caller]
    fn adaptive_avg_pool3d<P: AxisSizes<3>>(self, places: P) -> PartsOf<3, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
    {
        result_of::<Self, _, _>(parted::<3, _, _, _, _, _>(whole(self), PartBy::Mean, places.own()))
    }
}
impl<X: Operand> AdaptivePooling for X {}
