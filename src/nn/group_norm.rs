//! Normalisation of groups of channels, and of each channel of each picture, as layers.
//!
//! Apart from `channel_norm`, whose statistics run over the batch and are kept.

use super::bias::{ScaledChannels, scaled_channels};
use super::features::{InputNode, check_channels, input};
use super::layer::layer;
use super::norm::EPS;
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{BackOf, Ex, Kind, Node, Op, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::{ChannelGroups, GroupNormBack, NodeOver, grouped};
use crate::shape::{ChannelAxis, InChannels};
use crate::tensor::Create;

/// Normalisation of `GROUPS` groups of channels of each example, with gain and bias: PyTorch's layer.
///
/// `y = (x - mean) / √(variance + eps) · weight + bias`, with mean and the population's variance of all channels of a
/// group at all places; gain and bias are one number for each channel. Training and inference are the same. Shapes:
/// `(N, C, ..)` keeps its shape, with any number of axes of space; parameters are `(C,)`. A group of equal numbers
/// gives the bias. As many groups as channels are an instance norm with gain and bias, one group is a layer norm of
/// whole pictures. Wu and He 2018, arXiv:1803.08494.
///
/// ```
/// use congruent::prelude::*;
/// let norm = GroupNorm::<D<4>, 2>::new();
/// let y = norm.infer(|m| m.forward(&Cpu.tensor([[[1.0], [3.0], [5.0], [5.0]]])).eval())?;
/// assert!((y.as_slice()[1] - 1.0).abs() < 1e-4 && y.as_slice()[2..] == [0.0, 0.0]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct GroupNorm<C: Dim, const GROUPS: usize, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// What is added to the variance.
    pub eps: f64,
}

impl<C: Dim + Default, const GROUPS: usize> GroupNorm<C, GROUPS> {
    /// `f32` on the CPU, gain one, bias zero, `eps` 1e-5.
    #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
    pub fn new() -> Self
    where
        C: ChannelGroups<GROUPS>,
    {
        Self::init(Cpu)
    }
}

impl<C: Dim + Default, const GROUPS: usize, E: Real, D: Device> GroupNorm<C, GROUPS, Weights<E, D>> {
    /// Any element type and device.
    pub fn init(device: D) -> Self
    where
        C: ChannelGroups<GROUPS>,
    {
        let all = |value| device.full((C::default(),), E::of_f64(value));
        GroupNorm { weight: all(1.0).into(), bias: all(0.0).into(), eps: EPS }
    }
}

/// The graph of group normalisation over input of shape `S` and graph `N`.
pub type GroupNormNode<S, C, P, N> = ScaledChannels<S, C, P, InstanceNormNode<S, P, N>>;

/// The graph of instance normalisation over input of shape `S` and graph `N`.
pub type InstanceNormNode<S, P, N> = Op<S, <P as Kind>::Elem, BackOf<S, N, GroupNormBack<<P as Kind>::Elem>>>;

impl<C: Dim, const GROUPS: usize, P: Part> GroupNorm<C, GROUPS, P> {
    /// Normalises each group of channels of each example of `x`.
    ///
    /// Channels whose number only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, GroupNormNode<X::S, C, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: ChannelAxis, N: NodeOver<P::Elem, X::E>>,
        C: InChannels<<X::S as ChannelAxis>::C>,
    {
        let device = self.weight.raw.device;
        self.apply(input::<X, P>(x, device))
    }

    /// [`forward`](GroupNorm::forward) of what the compiler has been asked about already.
    #[track_caller]
    pub(super) fn apply<S: ChannelAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<S, P, GroupNormNode<S, C, P, N>>
    where
        P: Forward,
    {
        check_channels("group norm", x.shape, self.weight.shape);
        scaled_channels("group norm", grouped(x, GROUPS, self.eps), self.weight, self.bias)
    }
}

layer! {
    /// `(N, C, ..) → (N, C, ..)`
    [S: ChannelAxis, C: Dim + InChannels<S::C>, const GROUPS: usize, P: Forward]
    GroupNorm<C, GROUPS, P>, S to S, GroupNormNode<S, C, P, N>
}
