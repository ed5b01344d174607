//! Pooling by the largest element that says where it stood, and elements put back to there.
//!
//! Apart from `pooling`, which keeps no places: they take memory, and time to find.

use super::convolved::{PlacesOf, SpaceOf};
use super::pooled::{LocatedOf, located_largest};
use super::pooling::sized;
use super::unpooled::{UnpooledOf, unpooled};
use crate::device::{Device, SameDevice};
use crate::dims::Dim;
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::movement::counted;
use crate::shape::{AxisSizes, FitOver, Pictures, Pools, SameShape, Shape, SlidesOver};
use crate::tensor::Tensor;

/// How the window `K` slides.
type SlidesOf<const R: usize, K> = <K as Pools<R>>::Slides;

/// Pooling by the largest element with where it stood, and the way back: PyTorch's `max_pool2d` with
/// `return_indices=True`, `max_unpool2d`, and their kin over one and three axes.
///
/// Values and gradients are those of [`max_pool2d`](crate::ops::Pooling::max_pool2d). The indices count the elements of
/// one channel of the picture in row-major order, `i = row · W + column`: the first of the largest elements of the
/// window, or the first NaN; -1 where the window has no element of the picture.
///
/// The way back: `y[n, c, indices[n, c, p]] = x[n, c, p]`, zeros elsewhere, in channels whose sizes are an argument:
/// the window does not say them, for it leaves out what did not fit. Of elements that go to one place, as those of
/// windows that overlap do, the last stays. `dx[n, c, p] = dy[n, c, indices[n, c, p]]`, and 0 where a later element was
/// put there. NaN is an element like any other; an empty batch gives an empty batch. An index outside of the channel,
/// -1 too, raises [`Error::Index`](crate::Error::Index), sizes of the run that differ raise
/// [`Error::Sizes`](crate::Error::Sizes).
pub trait LocatedPooling: Operand + Sized {
    /// The largest element of each window of `(N, C, L)`, and where in its channel it stands.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0]]]);
    /// let (y, indices) = x.max_pool1d_with_indices(Pool::<2>);
    /// assert_eq!((y.eval(), indices), (Cpu.tensor([[[5.0, 4.0]]]), Cpu.tensor([[[1i64, 3]]])));
    /// ```
    #[track_caller]
    fn max_pool1d_with_indices<K>(self, window: K) -> LocatedOf<1, Self, PlacesOf<1, Self, SlidesOf<1, K>>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
    {
        let (x, _) = (self.ex(), window);
        let places = <K::Slides as SlidesOver<SpaceOf<1, Self>>>::places(x.shape.parts().2);
        located_largest::<1, _, K::Slides, _>(x, places)
    }

    /// [`max_pool1d_with_indices`](LocatedPooling::max_pool1d_with_indices) along axes whose sizes only the run knows:
    /// each name makes a dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn max_pool1d_with_indices_as<K, L: Dim>(
        self,
        window: K,
        length: impl FnOnce(usize) -> L,
    ) -> LocatedOf<1, Self, (L,)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
    {
        let (x, sizes) = sized::<1, _, K>(self, window);
        located_largest::<1, _, K::Slides, _>(x, (counted(sizes[2], length),))
    }

    /// Elements of `(N, C, L)` put to where they stood, in channels of these sizes; zeros elsewhere.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (y, indices) = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0]]]).max_pool1d_with_indices(Pool::<2>);
    /// assert_eq!(y.max_unpool1d(&indices, (D::<4>,)).eval(), Cpu.tensor([[[0.0, 5.0, 0.0, 4.0]]]));
    /// ```
    #[track_caller]
    fn max_unpool1d<SI, DI, P>(self, indices: &Tensor<SI, i64, DI>, sizes: P) -> UnpooledOf<1, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1> + SameShape<SI>,
        Self::D: SameDevice<DI>,
        SI: Shape,
        DI: Device,
        P: AxisSizes<1>,
    {
        unpooled::<1, _, _, _, _>(self, indices, sizes.own())
    }

    /// The largest element of each window of `(N, C, H, W)`, and where in its channel it stands.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]);
    /// let (y, indices) = x.max_pool2d_with_indices(Pool::<2, 1>);
    /// assert_eq!(y.eval(), Cpu.tensor([[[[5.0, 6.0], [8.0, 9.0]]]]));
    /// assert_eq!(indices, Cpu.tensor([[[[4i64, 5], [7, 8]]]]));
    /// ```
    #[track_caller]
    fn max_pool2d_with_indices<K>(self, window: K) -> LocatedOf<2, Self, PlacesOf<2, Self, SlidesOf<2, K>>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
    {
        let (x, _) = (self.ex(), window);
        let places = <K::Slides as SlidesOver<SpaceOf<2, Self>>>::places(x.shape.parts().2);
        located_largest::<2, _, K::Slides, _>(x, places)
    }

    /// [`max_pool2d_with_indices`](LocatedPooling::max_pool2d_with_indices) along axes whose sizes only the run knows:
    /// each name makes a dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn max_pool2d_with_indices_as<K, L: Dim, M: Dim>(
        self,
        window: K,
        height: impl FnOnce(usize) -> L,
        width: impl FnOnce(usize) -> M,
    ) -> LocatedOf<2, Self, (L, M)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
    {
        let (x, sizes) = sized::<2, _, K>(self, window);
        located_largest::<2, _, K::Slides, _>(x, (counted(sizes[1], height), counted(sizes[2], width)))
    }

    /// Elements of `(N, C, H, W)` put to where they stood, in channels of these sizes; zeros elsewhere.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Rows = ? }
    /// let (x, indices) = (Cpu.tensor([[[[7.0, 8.0]]]]), Cpu.tensor([[[[4i64, 1]]]]));
    /// let y = x.max_unpool2d(&indices, (D::<2>, D::<3>)).eval();
    /// assert_eq!(y, Cpu.tensor([[[[0.0, 8.0, 0.0], [0.0, 7.0, 0.0]]]]));
    /// assert_eq!(x.max_unpool2d(&indices, (Rows(3), D::<2>)).shape(), (D::<1>, D::<1>, Rows(3), D::<2>));
    /// let error = attempt(|| x.max_unpool2d(&indices, (D::<2>, D::<2>))).map(|_| ()).expect_err("4 is outside");
    /// assert_eq!(error.to_string(), "index 4 at position 0 is outside of an axis of length 4");
    /// ```
    #[track_caller]
    fn max_unpool2d<SI, DI, P>(self, indices: &Tensor<SI, i64, DI>, sizes: P) -> UnpooledOf<2, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2> + SameShape<SI>,
        Self::D: SameDevice<DI>,
        SI: Shape,
        DI: Device,
        P: AxisSizes<2>,
    {
        unpooled::<2, _, _, _, _>(self, indices, sizes.own())
    }

    /// The largest element of each window of `(N, C, D, H, W)`, and where in its channel it stands.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (y, indices) = Cpu.ones::<Shape![1, 1, 2, 4, 2]>().max_pool3d_with_indices(Pool::<2>);
    /// assert_eq!((y.eval().as_slice(), indices.as_slice()), (&[1.0f32, 1.0][..], &[0i64, 4][..]));
    /// ```
    #[track_caller]
    fn max_pool3d_with_indices<K>(self, window: K) -> LocatedOf<3, Self, PlacesOf<3, Self, SlidesOf<3, K>>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Pools<3>,
        K::Slides: SlidesOver<SpaceOf<3, Self>> + FitOver<SpaceOf<3, Self>>,
    {
        let (x, _) = (self.ex(), window);
        let places = <K::Slides as SlidesOver<SpaceOf<3, Self>>>::places(x.shape.parts().2);
        located_largest::<3, _, K::Slides, _>(x, places)
    }

    /// [`max_pool3d_with_indices`](LocatedPooling::max_pool3d_with_indices) along axes whose sizes only the run knows:
    /// each name makes a dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn max_pool3d_with_indices_as<K, L: Dim, M: Dim, Q: Dim>(
        self,
        window: K,
        depth: impl FnOnce(usize) -> L,
        height: impl FnOnce(usize) -> M,
        width: impl FnOnce(usize) -> Q,
    ) -> LocatedOf<3, Self, (L, M, Q)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Pools<3>,
    {
        let (x, sizes) = sized::<3, _, K>(self, window);
        located_largest::<3, _, K::Slides, _>(
            x,
            (counted(sizes[0], depth), counted(sizes[1], height), counted(sizes[2], width)),
        )
    }

    /// Elements of `(N, C, D, H, W)` put to where they stood, in channels of these sizes; zeros elsewhere.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (y, indices) = Cpu.ones::<Shape![1, 1, 2, 4, 2]>().max_pool3d_with_indices(Pool::<2>);
    /// assert_eq!(y.max_unpool3d(&indices, (D::<2>, D::<4>, D::<2>)).sum().eval().item(), 2.0);
    /// ```
    #[track_caller]
    fn max_unpool3d<SI, DI, P>(self, indices: &Tensor<SI, i64, DI>, sizes: P) -> UnpooledOf<3, Self, P::Own>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3> + SameShape<SI>,
        Self::D: SameDevice<DI>,
        SI: Shape,
        DI: Device,
        P: AxisSizes<3>,
    {
        unpooled::<3, _, _, _, _>(self, indices, sizes.own())
    }
}
impl<X: Operand> LocatedPooling for X {}
