//! Batch normalisation of the channels of pictures.
//!
//! Apart from `batch_norm`, whose features are the last axis: here they are axis 1, and are brought there and back.

use super::batch_norm::{LAW, StandardisedBack};
use super::bias::{AlongChannels, along_channels};
use super::features::{InputNode, check_channels, input};
use super::layer::layer;
use super::{BatchNorm, ChannelBias};
use crate::device::{Buf, Cpu, Device, SameDevice};
use crate::dims::{D, Dim, One};
use crate::dtype::Real;
use crate::graph::{BackOf, Binary, Differentiable, Ex, Given, Kind, Node, Op, Operand, Out, SlopeRule};
use crate::layout::{Axes, Strided};
use crate::loops::Rows;
use crate::model::{Buffer, Forward, Model, Param, Part, Weights, of_precise, precise};
use crate::ops::NodeOver;
use crate::ops::arithmetic::Mul;
use crate::shape::{InChannels, Pictures, Shape};

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

impl<C: Dim + Default> BatchNorm2d<C> {
    /// `f32` on the CPU, gain one, bias zero, momentum 0.1, `eps` 1e-5.
    #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
    pub fn new() -> Self {
        Self::init(Cpu)
    }
}

impl<C: Dim + Default, E: Real, D: Device> BatchNorm2d<C, Weights<E, D>> {
    /// Any element type and device.
    pub fn init(device: D) -> Self {
        Self::sized(device, C::default())
    }
}

impl<C: Dim, E: Real, D: Device> BatchNorm2d<C, Weights<E, D>> {
    /// The same for a number of channels that only the run knows.
    pub fn sized(device: D, channels: C) -> Self {
        let norm = BatchNorm::sized(device, channels);
        let BatchNorm { weight, bias, running_mean, running_var, momentum, eps } = norm;
        BatchNorm2d { weight, bias, running_mean, running_var, momentum, eps }
    }
}

/// The graph of normalised channels over input of shape `S` and graph `N`.
pub type BatchNorm2dNode<S, C, P, N> = Binary<
    crate::ops::arithmetic::Add,
    Binary<
        Mul,
        Op<S, <P as Kind>::Elem, BackOf<S, N, ChannelsBack<<P as Kind>::Elem>>>,
        AlongChannels<C, Places<C>, P>,
    >,
    AlongChannels<C, Places<C>, P>,
>;

/// A number for each channel, at every place.
type Places<C> = (C, One, One);

impl<C: Dim, P: Part> BatchNorm2d<C, P> {
    /// Normalises each channel of `x`.
    ///
    /// Channels whose number only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, BatchNorm2dNode<X::S, C, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: Pictures<2>, N: NodeOver<P::Elem, X::E>>,
        C: InChannels<<X::S as Pictures<2>>::Channels>,
    {
        let device = self.weight.raw.device;
        self.apply(input::<X, P>(x, device))
    }

    /// [`forward`](BatchNorm2d::forward) of what the compiler has been asked about already.
    #[track_caller]
    fn apply<S: Pictures<2>, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<S, P, BatchNorm2dNode<S, C, P, N>>
    where
        P: Forward,
    {
        let BatchNorm2d { weight, bias, running_mean, running_var, momentum, eps } = self;
        let (shape, device) = (x.shape, x.device);
        let turn = Turn::of(&shape.dims());
        check_channels(LAW, shape, weight.shape);
        let values = precise(device, turn.to_last(device, x.materialise()));
        let norm = BatchNorm { weight, bias, running_mean, running_var, momentum, eps };
        let rows = Rows::new(1, turn.batch * turn.places, turn.channels);
        let (out, back) = norm.standard(rows, &values);
        let out = turn.to_second(device, of_precise(device, out));
        let normal = x.ruled(out, shape, ChannelsBack { turn, back });
        let scaled = Binary { op: Mul, a: normal.node, b: along_channels(weight, |channels| (channels, D, D)) };
        ChannelBias::<2, C, P>::add(bias, LAW, Ex::new(scaled, shape, device))
    }
}

layer! {
    /// `(N, C, H, W) → (N, C, H, W)`
    [S: Pictures<2>, C: Dim + InChannels<S::Channels>, P: Forward]
    BatchNorm2d<C, P>, S to S, BatchNorm2dNode<S, C, P, N>
}

/// The rule of normalised channels: that of features of the last axis, with elements brought there and back.
pub struct ChannelsBack<E: Real> {
    turn: Turn,
    back: StandardisedBack<E>,
}

impl<S: Shape, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for ChannelsBack<E> {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let ChannelsBack { turn, back } = self;
        let (gradient, out) = (turn.to_last(device, gradient), turn.to_last(device, out));
        turn.to_second(device, back.slopes(device, x, gradient, out))
    }
}

/// Pictures whose channels become the last axis, and the second one again.
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

    /// `(batch, channels, places)` as `(batch, places, channels)`.
    fn to_last<E: Real, D: Device>(self, device: D, buf: Buf<E>) -> Buf<E> {
        self.turned(device, buf, self.places, self.channels)
    }

    /// `(batch, places, channels)` as `(batch, channels, places)`.
    fn to_second<E: Real, D: Device>(self, device: D, buf: Buf<E>) -> Buf<E> {
        self.turned(device, buf, self.channels, self.places)
    }

    fn turned<E: Real, D: Device>(self, device: D, buf: Buf<E>, rows: usize, columns: usize) -> Buf<E> {
        let picture = (rows * columns) as isize;
        let axes = Axes::last([self.batch, rows, columns], [picture, 1, rows as isize]);
        device.copy_strided(&Strided { buf, offset: 0, axes })
    }
}
