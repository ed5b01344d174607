//! The methods of pooling over windows.

use super::convolved::{SpaceOf, places, three};
use super::pooled::{PoolBy, PooledAs, PooledOf, pooled};
use crate::dims::Dim;
use crate::graph::{Ex, Operand};
use crate::ops::FloatingNode;
use crate::ops::movement::counted;
use crate::shape::{FitOver, Pictures, Pools, Slides, SlidesOver};

/// A pooling whose places the law has counted.
#[track_caller]
pub(super) fn slid<const R: usize, X, K>(x: X, _: K, pool: PoolBy) -> PooledOf<R, X, K>
where
    X: Operand<S: Pictures<R>, E: FloatingNode<X::N>>,
    K: Pools<R, Slides: SlidesOver<SpaceOf<R, X>>>,
{
    let x = x.ex();
    let places = <K::Slides as SlidesOver<SpaceOf<R, X>>>::places(x.shape.parts().2);
    pooled::<R, _, K::Slides, _>(x, pool, places)
}

/// Pictures, and the places of a window on them, which the run counts.
#[track_caller]
pub(super) fn sized<const R: usize, X, K>(x: X, _: K) -> (Ex<X::S, X::E, X::D, X::N>, [usize; 3])
where
    X: Operand<S: Pictures<R>>,
    K: Pools<R>,
{
    let x = x.ex();
    let sizes = places(three(x.shape.parts().2), <K::Slides as Slides<R>>::steps());
    (x, sizes)
}

/// Pooling of pictures `(N, C, ..)`: what windows that slide over each channel have as their largest element or
/// as their mean. PyTorch's `max_pool2d`, `avg_pool2d` and their kin over one and three axes.
///
/// The [`Pool`](crate::shape::Pool) moves by its own size where nothing else is said. The gradient of a
/// largest element goes to the first one of a window, that of a mean in equal parts to all. A NaN in a window
/// is NaN at its place. Around the picture (`PADDING`) there is nothing larger than any element: a window
/// without an element has `-inf`; for means there are zeros, which count, as PyTorch's `count_include_pad`
/// says. Means are summed in `f64`, and so are gradients that meet at an element. An empty batch gives an empty batch.
/// The compiler refuses a window that does not fit, that has no elements, or a stride or dilation of 0; where
/// the run counts the places, [`Error::Window`](crate::Error::Window) does.
pub trait Pooling: Operand + Sized {
    /// The largest element of each window of `(N, C, L)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0, 3.0]]]);
    /// assert_eq!(x.max_pool1d(Pool::<2>).eval(), Cpu.tensor([[[5.0, 4.0]]]));
    /// ```
    #[track_caller]
    fn max_pool1d<K>(self, window: K) -> PooledOf<1, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
    {
        slid(self, window, PoolBy::Max)
    }

    /// [`max_pool1d`](Pooling::max_pool1d) along axes whose sizes only the run knows: each name makes a
    /// dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn max_pool1d_as<K, L: Dim>(self, window: K, length: impl FnOnce(usize) -> L) -> PooledAs<1, Self, (L,)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
    {
        let (x, sizes) = sized::<1, _, K>(self, window);
        let places = (counted(sizes[2], length),);
        pooled::<1, _, K::Slides, _>(x, PoolBy::Max, places)
    }

    /// The largest element of each window of `(N, C, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]);
    /// assert_eq!(x.max_pool2d(Pool::<2, 1>).eval(), Cpu.tensor([[[[5.0, 6.0], [8.0, 9.0]]]]));
    /// assert_eq!(x.max_pool2d(Pool::<3, 2, 1>).eval(), Cpu.tensor([[[[5.0, 6.0], [8.0, 9.0]]]]));
    /// dims! { Rows = ?, Halves = ? }
    /// let x = Cpu.full((D::<1>, D::<1>, Rows(5), D::<4>), 1.0f32);
    /// assert_eq!(x.max_pool2d_as(Pool::<2>, Halves, |_| D::<2>).shape(), (D::<1>, D::<1>, Halves(2), D::<2>));
    /// ```
    #[track_caller]
    fn max_pool2d<K>(self, window: K) -> PooledOf<2, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
    {
        slid(self, window, PoolBy::Max)
    }

    /// [`max_pool2d`](Pooling::max_pool2d) along axes whose sizes only the run knows: each name makes a
    /// dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn max_pool2d_as<K, L: Dim, M: Dim>(
        self,
        window: K,
        height: impl FnOnce(usize) -> L,
        width: impl FnOnce(usize) -> M,
    ) -> PooledAs<2, Self, (L, M)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
    {
        let (x, sizes) = sized::<2, _, K>(self, window);
        let places = (counted(sizes[1], height), counted(sizes[2], width));
        pooled::<2, _, K::Slides, _>(x, PoolBy::Max, places)
    }

    /// The largest element of each window of `(N, C, D, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![1, 2, 4, 4, 6]>();
    /// assert_eq!(x.max_pool3d(Pool::<2>).shape(), (D::<1>, D::<2>, D::<2>, D::<2>, D::<3>));
    /// ```
    #[track_caller]
    fn max_pool3d<K>(self, window: K) -> PooledOf<3, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Pools<3>,
        K::Slides: SlidesOver<SpaceOf<3, Self>> + FitOver<SpaceOf<3, Self>>,
    {
        slid(self, window, PoolBy::Max)
    }

    /// [`max_pool3d`](Pooling::max_pool3d) along axes whose sizes only the run knows: each name makes a
    /// dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn max_pool3d_as<K, L: Dim, M: Dim, Q: Dim>(
        self,
        window: K,
        depth: impl FnOnce(usize) -> L,
        height: impl FnOnce(usize) -> M,
        width: impl FnOnce(usize) -> Q,
    ) -> PooledAs<3, Self, (L, M, Q)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Pools<3>,
    {
        let (x, sizes) = sized::<3, _, K>(self, window);
        let places = (counted(sizes[0], depth), counted(sizes[1], height), counted(sizes[2], width));
        pooled::<3, _, K::Slides, _>(x, PoolBy::Max, places)
    }

    /// The mean of each window of `(N, C, L)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 5.0, 2.0, 4.0, 3.0]]]);
    /// assert_eq!(x.avg_pool1d(Pool::<2>).eval(), Cpu.tensor([[[3.0, 3.0]]]));
    /// ```
    #[track_caller]
    fn avg_pool1d<K>(self, window: K) -> PooledOf<1, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
    {
        slid(self, window, PoolBy::Mean)
    }

    /// [`avg_pool1d`](Pooling::avg_pool1d) along axes whose sizes only the run knows: each name makes a
    /// dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn avg_pool1d_as<K, L: Dim>(self, window: K, length: impl FnOnce(usize) -> L) -> PooledAs<1, Self, (L,)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
    {
        let (x, sizes) = sized::<1, _, K>(self, window);
        let places = (counted(sizes[2], length),);
        pooled::<1, _, K::Slides, _>(x, PoolBy::Mean, places)
    }

    /// The mean of each window of `(N, C, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[[1.0, 2.0], [3.0, 6.0]]]]);
    /// assert_eq!(x.avg_pool2d(Pool::<2>).eval(), Cpu.tensor([[[[3.0]]]]));
    /// assert_eq!(x.avg_pool2d((Pool::<1>, Pool::<2, 1, 1>)).eval().as_slice()[..3], [0.5, 1.5, 1.0]);
    /// ```
    #[track_caller]
    fn avg_pool2d<K>(self, window: K) -> PooledOf<2, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
    {
        slid(self, window, PoolBy::Mean)
    }

    /// [`avg_pool2d`](Pooling::avg_pool2d) along axes whose sizes only the run knows: each name makes a
    /// dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn avg_pool2d_as<K, L: Dim, M: Dim>(
        self,
        window: K,
        height: impl FnOnce(usize) -> L,
        width: impl FnOnce(usize) -> M,
    ) -> PooledAs<2, Self, (L, M)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
    {
        let (x, sizes) = sized::<2, _, K>(self, window);
        let places = (counted(sizes[1], height), counted(sizes[2], width));
        pooled::<2, _, K::Slides, _>(x, PoolBy::Mean, places)
    }

    /// The mean of each window of `(N, C, D, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![1, 2, 4, 4, 6]>();
    /// assert_eq!(x.avg_pool3d(Pool::<2>).shape(), (D::<1>, D::<2>, D::<2>, D::<2>, D::<3>));
    /// ```
    #[track_caller]
    fn avg_pool3d<K>(self, window: K) -> PooledOf<3, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Pools<3>,
        K::Slides: SlidesOver<SpaceOf<3, Self>> + FitOver<SpaceOf<3, Self>>,
    {
        slid(self, window, PoolBy::Mean)
    }

    /// [`avg_pool3d`](Pooling::avg_pool3d) along axes whose sizes only the run knows: each name makes a
    /// dim of the number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn avg_pool3d_as<K, L: Dim, M: Dim, Q: Dim>(
        self,
        window: K,
        depth: impl FnOnce(usize) -> L,
        height: impl FnOnce(usize) -> M,
        width: impl FnOnce(usize) -> Q,
    ) -> PooledAs<3, Self, (L, M, Q)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Pools<3>,
    {
        let (x, sizes) = sized::<3, _, K>(self, window);
        let places = (counted(sizes[0], depth), counted(sizes[1], height), counted(sizes[2], width));
        pooled::<3, _, K::Slides, _>(x, PoolBy::Mean, places)
    }
}
impl<X: Operand> Pooling for X {}
