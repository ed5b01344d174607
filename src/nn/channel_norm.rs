//! Batch normalisation of channels, over one, two and three axes of space.
//!
//! Apart from `batch_norm`, whose features are the last axis: here they are axis 1, and become the first one, whose
//! rows lie beside each other. That is a copy of whole rows of places, and none where there is one picture.

use super::BatchNorm;
use super::batch_norm::{LAW, StandardisedBack};
use super::bias::{ScaledChannels, scaled_channels};
use super::features::{InputNode, check_channels, input};
use super::layer::layer;
use super::norm::EPS;
use crate::device::{Buf, Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{BackOf, Described, Differentiable, Ex, Given, Kind, Node, Op, Operand, Out, SlopeRule, Work};
use crate::layout::{Axes, Strided};
use crate::loops::Rows;
use crate::model::{Buffer, Forward, Model, Param, Part, Weights, of_precise, precise};
use crate::ops::NodeOver;
use crate::shape::{ChannelAxis, InChannels, Pictures, Shape};
use crate::tensor::Create;

/// The graph of normalised channels over input of shape `S` and graph `N`.
pub type ChannelNormNode<S, C, P, N> =
    ScaledChannels<S, C, P, Op<S, <P as Kind>::Elem, BackOf<S, N, ChannelsBack<<P as Kind>::Elem>>>>;

/// Normalisation of each channel of `(N, C, L)` over the batch and all places: PyTorch's layer.
///
/// As [`BatchNorm2d`], over one axis of space; of features without any it is [`BatchNorm`].
///
/// ```
/// use congruent::prelude::*;
/// let norm = BatchNorm1d::<D<3>>::new();
/// let y = norm.infer(|m| m.forward(&Cpu.zeros::<Shape![2, 3, 5]>()).eval())?;
/// assert_eq!(y, Cpu.zeros::<Shape![2, 3, 5]>());
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct BatchNorm1d<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// Running mean; of `f32` where the model is of `f16` or `bf16`.
    pub running_mean: Buffer<(C,), P>,
    /// Running variance, of the same type.
    pub running_var: Buffer<(C,), P>,
    /// How far the running statistics move towards each batch's.
    pub momentum: f64,
    /// What is added to the variance.
    pub eps: f64,
}

/// Normalisation of each channel of pictures over the batch and all places: PyTorch's layer.
///
/// What [`BatchNorm`] does of the last axis this does of axis 1, in training and in inference, with the same
/// statistics. Shapes: `(N, C, H, W)` keeps its shape, all parameters and statistics are `(C,)`. A single picture is
/// enough in training where it has two places; fewer raise [`Error::Value`](crate::Error::Value). Ioffe and Szegedy
/// 2015, arXiv:1502.03167.
///
/// ```
/// use congruent::prelude::*;
/// let norm = BatchNorm2d::<D<2>>::new();
/// let x = Cpu.tensor([[[[1.0, 3.0]], [[5.0, 5.0]]]]);
/// let mut y = vec![];
/// let (_, grads) = norm.value_and_grad(|m| m.forward(&x).with(|out| {
///     y = out.eval().to_vec();
///     out.sum()
/// }))?;
/// assert!((y[0] + 1.0).abs() < 1e-4 && y[2..] == [0.0, 0.0]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct BatchNorm2d<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// Running mean; of `f32` where the model is of `f16` or `bf16`.
    pub running_mean: Buffer<(C,), P>,
    /// Running variance, of the same type.
    pub running_var: Buffer<(C,), P>,
    /// How far the running statistics move towards each batch's.
    pub momentum: f64,
    /// What is added to the variance.
    pub eps: f64,
}

/// Normalisation of each channel of `(N, C, D, H, W)` over the batch and all places: PyTorch's layer.
///
/// As [`BatchNorm2d`], over three axes of space.
///
/// ```
/// use congruent::prelude::*;
/// let norm = BatchNorm3d::<D<2>>::new();
/// let y = norm.infer(|m| m.forward(&Cpu.zeros::<Shape![1, 2, 3, 4, 5]>()).eval())?;
/// assert_eq!(y.shape(), (D::<1>, D::<2>, D::<3>, D::<4>, D::<5>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct BatchNorm3d<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// Running mean; of `f32` where the model is of `f16` or `bf16`.
    pub running_mean: Buffer<(C,), P>,
    /// Running variance, of the same type.
    pub running_var: Buffer<(C,), P>,
    /// How far the running statistics move towards each batch's.
    pub momentum: f64,
    /// What is added to the variance.
    pub eps: f64,
}

macro_rules! layers {
    ($($Name:ident $R:literal;)*) => {$(
        impl<C: Dim + Default> $Name<C> {
            /// `f32` on the CPU, gain one, bias zero, momentum 0.1, `eps` 1e-5.
            #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
            pub fn new() -> Self {
                Self::init(Cpu)
            }
        }

        impl<C: Dim + Default, E: Real, D: Device> $Name<C, Weights<E, D>> {
            /// Any element type and device.
            pub fn init(device: D) -> Self {
                Self::sized(device, C::default())
            }
        }

        impl<C: Dim, E: Real, D: Device> $Name<C, Weights<E, D>> {
            /// The same for a number of channels that only the run knows.
            pub fn sized(device: D, channels: C) -> Self {
                let all = |value| device.full((channels,), E::of_f64(value));
                $Name {
                    weight: all(1.0).into(),
                    bias: all(0.0).into(),
                    running_mean: all(0.0).into(),
                    running_var: all(1.0).into(),
                    momentum: 0.1,
                    eps: EPS,
                }
            }
        }

        impl<C: Dim, P: Part> $Name<C, P> {
            /// Normalises each channel of `x`.
            ///
            /// Channels whose number only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
            #[track_caller]
            pub fn forward<X>(self, x: X) -> Out<X::S, P, ChannelNormNode<X::S, C, P, InputNode<X, P>>>
            where
                P: Forward<Dev: SameDevice<X::D>>,
                X: Operand<S: Pictures<$R>, N: NodeOver<P::Elem, X::E>>,
                C: InChannels<<X::S as Pictures<$R>>::Channels>,
            {
                let device = self.weight.raw.device;
                self.apply(input::<X, P>(x, device))
            }

            /// [`forward`](Self::forward) of what the compiler has been asked about already.
            #[track_caller]
            pub(super) fn apply<S: ChannelAxis, N: Node<P::Elem>>(
                self,
                x: Ex<S, P::Elem, P::Dev, N>,
            ) -> Out<S, P, ChannelNormNode<S, C, P, N>>
            where
                P: Forward,
            {
                let $Name { weight, bias, running_mean, running_var, momentum, eps } = self;
                normalised(x, BatchNorm { weight, bias, running_mean, running_var, momentum, eps })
            }
        }

        layer! {
            /// `(N, C, ..) → (N, C, ..)`
            [S: Pictures<$R>, C: Dim + InChannels<S::Channels>, P: Forward]
            $Name<C, P>, S to S, ChannelNormNode<S, C, P, N>
        }
    )*};
}

layers! { BatchNorm1d 1; BatchNorm2d 2; BatchNorm3d 3; }

/// Each channel without mean and scale, with gain and bias.
#[track_caller]
fn normalised<S: ChannelAxis, C: Dim, P: Forward, N: Node<P::Elem>>(
    x: Ex<S, P::Elem, P::Dev, N>,
    norm: BatchNorm<C, P>,
) -> Out<S, P, ChannelNormNode<S, C, P, N>> {
    let (shape, device, weight, bias) = (x.shape, x.device, norm.weight, norm.bias);
    let turn = Turn::of(&shape.dims());
    check_channels(LAW, shape, weight.shape);
    let values = precise(device, turn.to_first(device, x.materialise()));
    let rows = Rows::new(turn.channels, turn.batch * turn.places, 1);
    let (out, back) = norm.standard(rows, &values);
    let out = turn.to_second(device, of_precise(device, out));
    scaled_channels(LAW, x.ruled(out, shape, ChannelsBack { turn, back }), weight, bias)
}

/// The rule of normalised channels: that of rows, with channels brought to the front and back.
pub struct ChannelsBack<E: Real> {
    turn: Turn,
    back: StandardisedBack<E>,
}

impl<E: Real> Described for ChannelsBack<E> {
    const NAME: &'static str = "channel_norm";
    const KIND: Work = Work::RowFormula;
}

impl<S: Shape, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for ChannelsBack<E> {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let ChannelsBack { turn, back } = self;
        let (gradient, out) = (turn.to_first(device, gradient), turn.to_first(device, out));
        turn.to_second(device, back.slopes(device, x, gradient, out))
    }
}

/// Pictures whose channels become the first axis, and the second one again.
#[derive(Clone, Copy)]
struct Turn {
    batch: usize,
    channels: usize,
    places: usize,
}

impl Turn {
    fn of(dims: &[usize]) -> Self {
        Turn { batch: dims[0], channels: dims[1], places: dims[2..].iter().product() }
    }

    /// `(batch, channels, places)` as `(channels, batch, places)`.
    fn to_first<E: Real, D: Device>(self, device: D, buf: Buf<E>) -> Buf<E> {
        self.turned(device, buf, self.batch, self.channels)
    }

    /// `(channels, batch, places)` as `(batch, channels, places)`.
    fn to_second<E: Real, D: Device>(self, device: D, buf: Buf<E>) -> Buf<E> {
        self.turned(device, buf, self.channels, self.batch)
    }

    fn turned<E: Real, D: Device>(self, device: D, buf: Buf<E>, outer: usize, inner: usize) -> Buf<E> {
        if outer == 1 || inner == 1 || buf.is_empty() {
            return buf;
        }
        let places = self.places as isize;
        let axes = Axes::last([inner, outer, self.places], [places, inner as isize * places, 1]);
        device.copy_strided(&Strided { buf, offset: 0, axes })
    }
}
