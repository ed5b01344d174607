//! Layers of pictures in tuples that say which size comes out, or trade channels for pixels.
//!
//! Apart from `pictures`, whose windows have a size and let the picture say how many places there are.

use super::Layer;
use super::pictures::{Plain, without_parameters};
use crate::dims::{D, Dim, MulDim, Multiplied};
use crate::graph::{BackOf, Expr, Node, Op, Out};
use crate::model::{EachMut, Forward, Map, Part, Path, StaticCount, Tree, Zip};
use crate::ops::Rearranging;
use crate::ops::index::Moves;
use crate::ops::windows::{PartBy, PartsBack, Resample, SampledBack, parted, sampled};
use crate::shape::{self, Pictures, Shuffled, Space, Unshuffled};

macro_rules! adaptive {
    ($($(#[$about:meta])* $Name:ident $R:literal ($($L:ident)*) $pool:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $Name<K>(
            /// The places along each axis of space.
            pub K,
        );

        without_parameters! { [K: Plain] $Name<K>; }

        /// `(N, C, ..) → (N, C, places)`
        impl<S: Pictures<$R>, P: Forward, $($L: Dim),*> Layer<S, P> for $Name<($($L,)*)> {
            type Out = <($($L,)*) as Space>::Under<S::Batch, S::Channels>;
            type Graph<N: Node<P::Elem>> = Op<Self::Out, P::Elem, BackOf<S, N, PartsBack<P::Elem>>>;
            fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
                parted::<$R, _, _, _, _, _>(x.ex(), PartBy::$pool, self.0)
            }
        }
    )*};
}

adaptive! {
    /// [`adaptive_max_pool1d`](crate::ops::AdaptivePooling::adaptive_max_pool1d) in a tuple of layers.
    AdaptiveMaxPool1d 1 (L) Max;
    /// [`adaptive_max_pool2d`](crate::ops::AdaptivePooling::adaptive_max_pool2d) in a tuple of layers.
    AdaptiveMaxPool2d 2 (L M) Max;
    /// [`adaptive_max_pool3d`](crate::ops::AdaptivePooling::adaptive_max_pool3d) in a tuple of layers.
    AdaptiveMaxPool3d 3 (L M Q) Max;
    /// [`adaptive_avg_pool1d`](crate::ops::AdaptivePooling::adaptive_avg_pool1d) in a tuple of layers.
    AdaptiveAvgPool1d 1 (L) Mean;
    /// [`adaptive_avg_pool2d`](crate::ops::AdaptivePooling::adaptive_avg_pool2d) in a tuple of layers; one place is
    /// global pooling, whatever the size of the picture.
    ///
    /// ```
    /// use congruent::{nn::{AdaptiveAvgPool2d, Flattening, Relu}, prelude::*};
    /// dims! { Rows = ?, Columns = ? }
    /// let key = Key::new(0);
    /// let seen = (Conv2d::<D<3>, D<8>, Same<3>>::new(key), Relu, AdaptiveAvgPool2d((D::<1>, D::<1>)));
    /// let model = (seen, Flattening, Linear::<D<8>, D<10>>::new(key));
    /// let x = Cpu.full((D::<2>, D::<3>, Rows(9), Columns(7)), 1.0f32);
    /// assert_eq!(model.infer(|m| m.forward(&x).eval())?.shape(), (D::<2>, D::<10>));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    AdaptiveAvgPool2d 2 (L M) Mean;
    /// [`adaptive_avg_pool3d`](crate::ops::AdaptivePooling::adaptive_avg_pool3d) in a tuple of layers.
    AdaptiveAvgPool3d 3 (L M Q) Mean;
}

/// Pictures sampled anew to these sizes, in a tuple of layers: PyTorch's `nn.Upsample(size=..)`, over as many axes as
/// the tuple of sizes has; also to fewer elements. See [`Resampling`](crate::ops::Resampling).
///
/// ```
/// use congruent::{nn::Upsample, prelude::*};
/// let up = Upsample { to: (D::<8>, D::<8>), how: Resample::Multilinear { align_corners: false } };
/// let model = (up, Conv2d::<D<3>, D<3>, Same<3>>::new(Key::new(0)));
/// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 4, 4]>()).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<3>, D::<8>, D::<8>));
/// # Ok::<(), congruent::Error>(())
/// ```
///
/// So many times as large, `nn.Upsample(scale_factor=2)`, is [`Upsample::by`]:
///
/// ```
/// use congruent::{nn::Upsample, prelude::*};
/// let model = (Upsample::by::<2>(Resample::Nearest), Conv2d::<D<3>, D<3>, Same<3>>::new(Key::new(0)));
/// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 4, 5]>()).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<3>, D::<8>, D::<10>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upsample<K> {
    /// The sizes of the axes of space, or [`Times`].
    pub to: K,
    /// How elements between others are made.
    pub how: Resample,
}

without_parameters! { [K: Plain] Upsample<K>; }

macro_rules! upsampled {
    ($($R:literal ($($L:ident)*);)*) => {$(
        /// `(N, C, ..) → (N, C, sizes)`
        impl<S: Pictures<$R>, P: Forward, $($L: Dim),*> Layer<S, P> for Upsample<($($L,)*)> {
            type Out = <($($L,)*) as Space>::Under<S::Batch, S::Channels>;
            type Graph<N: Node<P::Elem>> = Op<Self::Out, P::Elem, BackOf<S, N, SampledBack>>;
            fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
                sampled::<$R, _, _, _, _, _>(x.ex(), self.how, self.to)
            }
        }
    )*};
}
upsampled! { 1 (L); 2 (L M); 3 (L M Q); }

/// `N` times the size of each axis of space, which is static: what an [`Upsample`] goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times<const N: usize>;

impl Upsample<()> {
    /// To `N` times the size of each axis of space, whichever that is; where only the run knows it, `to` names the
    /// size.
    pub fn by<const N: usize>(how: Resample) -> Upsample<Times<N>> {
        Upsample { to: Times, how }
    }
}

macro_rules! multiplied {
    ($($R:literal ($($L:ident)*);)*) => {$(
        /// `(N, C, ..) → (N, C, sizes · TIMES)`
        impl<B: Dim, C: Dim, P: Forward, $($L: Dim + MulDim<D<TIMES>>,)* const TIMES: usize> Layer<(B, C, $($L),*), P>
            for Upsample<Times<TIMES>>
        {
            type Out = (B, C, $(Multiplied<$L, D<TIMES>>),*);
            type Graph<N: Node<P::Elem>> = Op<Self::Out, P::Elem, BackOf<(B, C, $($L),*), N, SampledBack>>;
            fn forward<X: Expr<(B, C, $($L),*), P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
                let places = ($(Multiplied::<$L, D<TIMES>>::default(),)*);
                sampled::<$R, _, _, _, _, _>(x.ex(), self.how, places)
            }
        }
    )*};
}
multiplied! { 1 (L); 2 (L M); 3 (L M Q); }

macro_rules! shuffles {
    ($($(#[$about:meta])* $Name:ident $Law:ident $Shape:ident $method:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $Name<const R: usize>;

        impl<P: Part, const R: usize> Tree<P> for $Name<R> {
            const STATIC_COUNT: StaticCount = StaticCount::Known(0);
            type With<Q: Part> = Self;
            fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, _: &mut F, _: &Path<'_>) -> Self {
                *self
            }
            fn each_mut<F: EachMut<P>>(&mut self, _: &mut F, _: &Path<'_>) {}
            fn zip<Q: Part, T: Part, F: Zip<P, Q, T>>(&mut self, _: &Self, _: &mut Self, _: &mut F, _: &Path<'_>) {}
        }

        impl<S: shape::$Law<R>, P: Forward, const R: usize> Layer<S, P> for $Name<R> {
            type Out = $Shape<S, R>;
            type Graph<N: Node<P::Elem>> = Op<Self::Out, P::Elem, BackOf<S, N, Moves>>;
            fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
                x.ex().$method::<R>()
            }
        }
    )*};
}

shuffles! {
    /// [`pixel_shuffle`](crate::ops::Rearranging::pixel_shuffle) in a tuple of layers: `(N, C · R · R, H, W)` gives
    /// `(N, C, H · R, W · R)`.
    ///
    /// ```
    /// use congruent::{nn::PixelShuffle, prelude::*};
    /// let model = (Conv2d::<D<3>, D<12>, Same<3>>::new(Key::new(0)), PixelShuffle::<2>);
    /// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 4, 5]>()).eval())?;
    /// assert_eq!(y.shape(), (D::<2>, D::<3>, D::<8>, D::<10>));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    PixelShuffle PixelShuffle Shuffled pixel_shuffle;
    /// [`pixel_unshuffle`](crate::ops::Rearranging::pixel_unshuffle) in a tuple of layers: `(N, C, H · R, W · R)` gives
    /// `(N, C · R · R, H, W)`.
    PixelUnshuffle PixelUnshuffle Unshuffled pixel_unshuffle;
}
