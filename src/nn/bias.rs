//! What a layer adds to its outputs: a learned vector, or nothing; gain and bias after a normalisation.
//!
//! Apart from the layers because leaving it out is one choice for all of them, made by a type: a layer without bias has
//! no memory for it, no branch and no name in files.

use super::features::{ParamNode, across, check_channels};
use crate::device::{Buf, Device};
use crate::dims::{D, Dim, One};
use crate::dtype::Real;
use crate::graph::{Binary, Ex, Kind, Node, Operand, Reshaped};
use crate::model::{EachMut, Forward, Map, Param, Part, Path, StaticCount, Tree, Weights, Zip};
use crate::ops::arithmetic::{Add, Mul};
use crate::ops::binary;
use crate::shape::{ChannelAxis, LastAxis, Shape};
use crate::tensor::Create;

/// Stands where a layer has its bias, and adds nothing: PyTorch's `bias=False`.
///
/// Nothing is trained and nothing is saved in its place: the layer's names are those of its other parameters, `weight`
/// alone. A file with a `bias` is refused by it, and one without is refused by a layer that has one.
///
/// ```
/// use congruent::prelude::*;
/// let layer = Linear::<D<3>, D<2>, Weights, NoBias>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.zeros::<Shape![1, 3]>()).eval())?;
/// assert_eq!((y.as_slice(), layer.count()), (&[0.0, 0.0][..], 6));
///
/// #[derive(Model)]
/// struct Block<P: Part = Weights> {
///     norm: LayerNorm<D<3>, P, NoBias>,
///     project: Linear<D<3>, D<3>, P, NoBias>,
/// }
/// let block = Block { norm: LayerNorm::new(), project: Linear::new(Key::new(1)) };
/// let mut names = vec![];
/// block.visit(|name, _, _| names.push(name.to_owned()));
/// assert_eq!(names, ["norm.weight", "project.weight"]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoBias;

impl<P: Part> Tree<P> for NoBias {
    const STATIC_COUNT: StaticCount = StaticCount::Known(0);
    type With<Q: Part> = NoBias;
    fn map<'a, Q: Part, F: Map<'a, P, Q>>(&'a self, _: &mut F, _: &Path<'_>) -> NoBias {
        NoBias
    }
    fn each_mut<F: EachMut<P>>(&mut self, _: &mut F, _: &Path<'_>) {}
    fn zip<Q: Part, R: Part, F: Zip<P, Q, R>>(&mut self, _: &NoBias, _: &mut NoBias, _: &mut F, _: &Path<'_>) {}
}

/// What a layer of `C` output features may have as its bias: a parameter `(C,)`, which is the default, or [`NoBias`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no bias for `{C}` features",
    label = "this layer cannot add `{Self}`",
    note = "leave the last parameter of the layer away to have a bias, or write `NoBias` to have none"
)]
pub trait Bias<C: Dim, P: Forward>: Sized {
    /// The graph of `x + bias` over a graph `N` of `x`.
    type Graph<N: Node<P::Elem>>: Node<P::Elem>;
    /// `x + bias` along the last axis of `x`; `law` is what an error calls the layer.
    #[track_caller]
    fn add<S: LastAxis, N: Node<P::Elem>>(
        self,
        law: &'static str,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Ex<S, P::Elem, P::Dev, Self::Graph<N>>;
    /// What is added to rows of shape `S`, if anything.
    #[track_caller]
    fn row<S: LastAxis>(&self, law: &'static str, shape: S) -> Option<Buf<P::Elem>>;
}

#[diagnostic::do_not_recommend]
impl<C: Dim, P: Forward> Bias<C, P> for Param<(C,), P> {
    type Graph<N: Node<P::Elem>> = Binary<Add, N, ParamNode<(C,), P>>;
    #[inline]
    fn add<S: LastAxis, N: Node<P::Elem>>(
        self,
        law: &'static str,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Ex<S, P::Elem, P::Dev, Self::Graph<N>> {
        let shape = x.shape;
        binary(Add, x, across(law, shape, self))
    }
    fn row<S: LastAxis>(&self, law: &'static str, shape: S) -> Option<Buf<P::Elem>> {
        Some(across(law, shape, *self).materialise())
    }
}

#[diagnostic::do_not_recommend]
impl<C: Dim, P: Forward> Bias<C, P> for NoBias {
    type Graph<N: Node<P::Elem>> = N;
    #[inline]
    fn add<S: LastAxis, N: Node<P::Elem>>(
        self,
        _: &'static str,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Ex<S, P::Elem, P::Dev, N> {
        x
    }
    fn row<S: LastAxis>(&self, _: &'static str, _: S) -> Option<Buf<P::Elem>> {
        None
    }
}

/// What a layer of `C` output channels, over `R` axes of space, may have as its bias: see [`Bias`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no bias for `{C}` channels",
    label = "this layer cannot add `{Self}`",
    note = "leave the last parameter of the layer away to have a bias, or write `NoBias` to have none"
)]
pub trait ChannelBias<const R: usize, C: Dim, P: Forward>: Sized {
    /// The graph of `x + bias` over a graph `N` of `x`.
    type Graph<N: Node<P::Elem>>: Node<P::Elem>;
    /// `x + bias` along axis 1 of `x`, whose channels are of the layer's type; `law` is what an error calls the layer.
    #[track_caller]
    fn add<S: Shape, N: Node<P::Elem>>(
        self,
        law: &'static str,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Ex<S, P::Elem, P::Dev, Self::Graph<N>>;
}

/// The graph of a vector seen as a number for each channel.
pub(super) type AlongChannels<C, S, P> = Reshaped<ParamNode<(C,), P>, (C,), S, <P as Kind>::Elem>;

/// A vector seen as a number for each channel, at every place.
pub(super) fn along_channels<C: Dim, S: Shape, P: Forward>(
    vector: Param<(C,), P>,
    under: impl FnOnce(C) -> S,
) -> AlongChannels<C, S, P> {
    let Ex { node, shape, device, .. } = vector.ex();
    Reshaped::new(device, node, shape, under(shape.0))
}

/// The graph of `x · weight + bias` with a number for each channel.
pub(super) type ScaledChannels<S, C, P, N> =
    Binary<Add, Binary<Mul, N, AlongChannels<C, EachOf<S, C>, P>>, AlongChannels<C, EachOf<S, C>, P>>;

/// A number for each channel of `S`.
type EachOf<S, C> = <S as ChannelAxis>::Each<C>;

/// `x · weight + bias` with a number for each channel; `law` is what an error calls the layer.
#[track_caller]
pub(super) fn scaled_channels<S: ChannelAxis, C: Dim, P: Forward, N: Node<P::Elem>>(
    law: &'static str,
    x: Ex<S, P::Elem, P::Dev, N>,
    weight: Param<(C,), P>,
    bias: Param<(C,), P>,
) -> Ex<S, P::Elem, P::Dev, ScaledChannels<S, C, P, N>> {
    [weight, bias].iter().for_each(|vector| check_channels(law, x.shape, vector.shape));
    let scaled = Binary { op: Mul, a: x.node, b: along_channels(weight, S::each) };
    Ex::new(Binary { op: Add, a: scaled, b: along_channels(bias, S::each) }, x.shape, x.device)
}

macro_rules! channel_bias {
    ($($R:literal $Places:ty, $($one:expr),*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: Dim, P: Forward> ChannelBias<$R, C, P> for Param<(C,), P> {
            type Graph<N: Node<P::Elem>> = Binary<Add, N, AlongChannels<C, $Places, P>>;
            fn add<S: Shape, N: Node<P::Elem>>(
                self,
                law: &'static str,
                x: Ex<S, P::Elem, P::Dev, N>,
            ) -> Ex<S, P::Elem, P::Dev, Self::Graph<N>> {
                check_channels(law, x.shape, self.shape);
                let bias = along_channels(self, |channels| (channels, $($one),*));
                Ex::new(Binary { op: Add, a: x.node, b: bias }, x.shape, x.device)
            }
        }
    )*};
}
channel_bias! {
    1 (C, One), D;
    2 (C, One, One), D, D;
    3 (C, One, One, One), D, D, D;
}

#[diagnostic::do_not_recommend]
impl<C: Dim, P: Forward, const R: usize> ChannelBias<R, C, P> for NoBias {
    type Graph<N: Node<P::Elem>> = N;
    #[inline]
    fn add<S: Shape, N: Node<P::Elem>>(
        self,
        _: &'static str,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Ex<S, P::Elem, P::Dev, N> {
        x
    }
}

/// What a new layer of `C` output features has as its bias.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no bias for `{C}` features of `{E}`",
    label = "this layer cannot start with `{Self}`",
    note = "leave the last parameter of the layer away to have a bias, or write `NoBias` to have none"
)]
pub trait InitialBias<C: Dim, E: Real, D: Device>: Tree<Weights<E, D>> {
    /// Zeros, or nothing.
    fn initial(device: D, features: C) -> Self;
}

#[diagnostic::do_not_recommend]
impl<C: Dim, E: Real, D: Device> InitialBias<C, E, D> for Param<(C,), Weights<E, D>> {
    fn initial(device: D, features: C) -> Self {
        device.full((features,), E::of_f64(0.0)).into()
    }
}

#[diagnostic::do_not_recommend]
impl<C: Dim, E: Real, D: Device> InitialBias<C, E, D> for NoBias {
    fn initial(_: D, _: C) -> Self {
        NoBias
    }
}

/// The graph of `x · weight + bias`, element by element.
pub(super) type ScaledNode<C, P, N, B = Param<(C,), P>> = <B as Bias<C, P>>::Graph<Binary<Mul, N, ParamNode<(C,), P>>>;

/// `x · weight + bias` with vectors along the last axis.
#[track_caller]
pub(super) fn scaled<S, C, P, N, B>(
    law: &'static str,
    x: Ex<S, P::Elem, P::Dev, N>,
    weight: Param<(C,), P>,
    bias: B,
) -> Ex<S, P::Elem, P::Dev, ScaledNode<C, P, N, B>>
where
    S: LastAxis,
    C: Dim,
    P: Forward,
    N: Node<P::Elem>,
    B: Bias<C, P>,
{
    let shape = x.shape;
    bias.add(law, binary(Mul, x, across(law, shape, weight)))
}
