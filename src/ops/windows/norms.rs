//! The methods of pooling by norms.
//!
//! Apart from `pooling`, whose methods have no number beside the window.

use super::convolved::SpaceOf;
use super::pooled::{PoolBy, PooledAs, PooledOf, pooled};
use super::pooling::{sized, slid};
use crate::dims::Dim;
use crate::error::{Error, raise};
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::movement::counted;
use crate::shape::{FitOver, Pictures, Pools, SlidesOver};

/// The norm of a power; [`Error::Value`] where it is none.
#[track_caller]
fn power(p: f64) -> PoolBy {
    if !(p >= 1.0 && p.is_finite()) {
        raise(Error::Value { what: "power of lp_pool", found: p.to_string(), rule: "it is a number of 1 or more" });
    }
    PoolBy::Norm(p)
}

/// Pooling of pictures `(N, C, ..)` by norms: what windows that slide over each channel have as their p-norm.
/// PyTorch's `lp_pool1d` and `lp_pool2d`.
///
/// `y = (Σ |x|ᵖ)^(1/p)` over the elements of the window; `dx = dy · sign(x) · (|x| / y)^(p - 1)`, and 0 where `y` is
/// 0. PyTorch takes powers without `| |`, which differs where `p` is odd and numbers are negative. `p` is 1 or more;
/// another one raises [`Error::Value`](crate::Error::Value). The [`Pool`](crate::shape::Pool) moves by its own size
/// where nothing else is said; elements outside of the picture are 0. Sums are in `f64` and of numbers beside the
/// largest one of the window, so that no power leaves the range. A NaN in a window is NaN at its place, an infinity an
/// infinity. An empty batch gives an empty batch. The compiler refuses a window that does not fit; where the run
/// counts the places, [`Error::Window`](crate::Error::Window) does.
pub trait NormPooling: Operand + Sized {
    /// The norm of each window of `(N, C, L)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[3.0, -4.0, 0.0, 2.0]]]);
    /// assert_eq!(x.lp_pool1d(2.0, Pool::<2>).eval(), Cpu.tensor([[[5.0, 2.0]]]));
    /// ```
    #[track_caller]
    fn lp_pool1d<K>(self, p: f64, window: K) -> PooledOf<1, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
    {
        slid(self, window, power(p))
    }

    /// [`lp_pool1d`](NormPooling::lp_pool1d) along an axis whose size only the run knows: the name makes a dim of the
    /// number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn lp_pool1d_as<K, L: Dim>(self, p: f64, window: K, length: impl FnOnce(usize) -> L) -> PooledAs<1, Self, (L,)>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Pools<1>,
    {
        let (x, sizes) = sized::<1, _, K>(self, window);
        let places = (counted(sizes[2], length),);
        pooled::<1, _, K::Slides, _>(x, power(p), places)
    }

    /// The norm of each window of `(N, C, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[[1.0, 2.0], [-2.0, 0.0]]]]);
    /// assert_eq!(x.lp_pool2d(2.0, Pool::<2>).eval(), Cpu.tensor([[[[3.0]]]]));
    /// assert_eq!(x.lp_pool2d(1.0, Pool::<2>).eval(), Cpu.tensor([[[[5.0]]]]));
    /// ```
    #[track_caller]
    fn lp_pool2d<K>(self, p: f64, window: K) -> PooledOf<2, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Pools<2>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
    {
        slid(self, window, power(p))
    }

    /// [`lp_pool2d`](NormPooling::lp_pool2d) along axes whose sizes only the run knows: each name makes a dim of the
    /// number of places.
    ///
    /// A window that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn lp_pool2d_as<K, L: Dim, M: Dim>(
        self,
        p: f64,
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
        pooled::<2, _, K::Slides, _>(x, power(p), places)
    }
}
impl<X: Operand> NormPooling for X {}
