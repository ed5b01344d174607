//! Layers of pictures without parameters, for tuples: poolings, norms, and the step from pictures to features.
//!
//! Apart from the layers, which a model calls by name; a pooling by name is a method of its operand,
//! `x.max_pool2d(Pool::<2>)`.

use super::norm::EPS;
use super::{InstanceNormNode, Layer};
use crate::dims::Dim;
use crate::graph::{BackOf, Expr, Node, Op, Out, Reshaped};
use crate::model::{EachMut, Forward, Map, Part, Path, Tree, Zip};
use crate::ops::windows::{PoolBy, PoolingBack, pooled_whole};
use crate::ops::{Movement, grouped};
use crate::shape::{FitOver, Flatten, Flattened, Pictures, Pools, Shape, SlidesOver, Space};

/// A model without parameters.
macro_rules! without_parameters {
    ($([$($K:ident: $Bound:ident)?] $Layer:ty;)*) => {$(
        impl<P: Part $(, $K: $Bound)?> Tree<P> for $Layer {
            const STATIC_COUNT: $crate::model::StaticCount = $crate::model::StaticCount::Known(0);
            type With<Q: Part> = Self;
            fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, _: &mut F, _: &Path<'_>) -> Self {
                *self
            }
            fn each_mut<F: EachMut<P>>(&mut self, _: &mut F, _: &Path<'_>) {}
            fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(&mut self, _: &Self, _: &mut Self, _: &mut F, _: &Path<'_>) {}
        }
    )*};
}

pub(super) use without_parameters;

macro_rules! pools {
    ($($(#[$about:meta])* $Name:ident $R:literal $pool:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $Name<K>(
            /// The window.
            pub K,
        );

        without_parameters! { [K: Plain] $Name<K>; }

        impl<S: Pictures<$R>, P: Forward, K: Pools<$R>> Layer<S, P> for $Name<K>
        where
            K::Slides: SlidesOver<S::Space> + FitOver<S::Space>,
        {
            type Out = <<K::Slides as SlidesOver<S::Space>>::Places as Space>::Under<S::Batch, S::Channels>;
            type Graph<N: Node<P::Elem>> = Op<Self::Out, P::Elem, BackOf<S, N, PoolingBack<P::Elem>>>;
            fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
                let x = x.ex();
                let places = <K::Slides as SlidesOver<S::Space>>::places(x.shape.parts().2);
                pooled_whole::<$R, _, _, _, _, K::Slides, _>(x, PoolBy::$pool, places)
            }
        }
    )*};
}

/// Plain data that a model carries along.
#[doc(hidden)]
pub trait Plain: Copy + 'static {}
impl<K: Copy + 'static> Plain for K {}

pools! {
    /// [`max_pool1d`](crate::ops::Pooling::max_pool1d) in a tuple of layers: `MaxPool1d(Pool::<2>)`.
    MaxPool1d 1 Max;
    /// [`max_pool2d`](crate::ops::Pooling::max_pool2d) in a tuple of layers.
    ///
    /// ```
    /// use congruent::{nn::{Flattening, MaxPool2d, Relu}, prelude::*};
    /// let key = Key::new(0);
    /// let first = (Conv2d::<D<1>, D<4>, Same<3>>::new(key), Relu, MaxPool2d(Pool::<2>));
    /// let model = (first, Flattening, Linear::<D<64>, D<10>>::new(key));
    /// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![5, 1, 8, 8]>()).eval())?;
    /// assert_eq!(y.shape(), (D::<5>, D::<10>));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    MaxPool2d 2 Max;
    /// [`max_pool3d`](crate::ops::Pooling::max_pool3d) in a tuple of layers.
    MaxPool3d 3 Max;
    /// [`avg_pool1d`](crate::ops::Pooling::avg_pool1d) in a tuple of layers: `AvgPool1d(Pool::<2>)`.
    AvgPool1d 1 Mean;
    /// [`avg_pool2d`](crate::ops::Pooling::avg_pool2d) in a tuple of layers.
    AvgPool2d 2 Mean;
    /// [`avg_pool3d`](crate::ops::Pooling::avg_pool3d) in a tuple of layers.
    AvgPool3d 3 Mean;
}

macro_rules! instance_norms {
    ($($(#[$about:meta])* $Name:ident $R:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Name {
            /// What is added to the variance.
            pub eps: f64,
        }

        /// `eps` 1e-5, as in PyTorch.
        impl Default for $Name {
            fn default() -> Self {
                $Name { eps: EPS }
            }
        }

        without_parameters! { [] $Name; }

        /// `(N, C, ..) → (N, C, ..)`
        impl<S: Pictures<$R>, P: Forward> Layer<S, P> for $Name {
            type Out = S;
            type Graph<N: Node<P::Elem>> = InstanceNormNode<S, P, N>;
            fn forward<X: Expr<S, P>>(self, x: X) -> Out<S, P, Self::Graph<X::N>> {
                let x = x.ex();
                let channels = x.shape.channels().size();
                grouped(x, channels, self.eps)
            }
        }
    )*};
}
instance_norms! {
    /// [`instance_norm`](crate::ops::ChannelNormalisations::instance_norm) of `(N, C, L)` in a tuple of layers.
    InstanceNorm1d 1;
    /// [`instance_norm`](crate::ops::ChannelNormalisations::instance_norm) of pictures in a tuple of layers: PyTorch's
    /// layer as it is by default, without parameters and statistics. With gain and bias it is a
    /// [`GroupNorm`](super::GroupNorm) of as many groups as channels.
    ///
    /// ```
    /// use congruent::{nn::InstanceNorm2d, prelude::*};
    /// let model = (Conv2d::<D<1>, D<4>, Same<3>>::new(Key::new(0)), InstanceNorm2d::default());
    /// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![2, 1, 5, 6]>()).eval())?;
    /// assert!(y.mean().eval().item().abs() < 1e-6);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    InstanceNorm2d 2;
    /// [`instance_norm`](crate::ops::ChannelNormalisations::instance_norm) of `(N, C, D, H, W)` in a tuple of layers.
    InstanceNorm3d 3;
}

/// [`flatten::<1>`](crate::ops::Movement::flatten) in a tuple of layers: everything but the batch as one axis, whose
/// width the compiler computes. PyTorch's `nn.Flatten`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flattening;

without_parameters! { [] Flattening; }

/// `(N, A, B, ..) → (N, A · B · ..)`
impl<S: Shape + Flatten<1>, P: Forward> Layer<S, P> for Flattening {
    type Out = Flattened<S, 1>;
    type Graph<N: Node<P::Elem>> = Reshaped<N, S, Self::Out, P::Elem>;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<Self::Out, P, Self::Graph<X::N>> {
        x.ex().flatten::<1>()
    }
}
