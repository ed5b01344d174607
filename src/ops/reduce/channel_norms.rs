//! Normalisation of groups of channels, and of each channel of each picture.
//!
//! Apart from `softmax`, whose rows lie along an axis: here several axes are one row, for they lie beside each other.

use super::softmax::{LayerNormBack, LayerNormRow, RowsBack};
use crate::device::Device;
use crate::dims::{D, Dim, DivDim};
use crate::dtype::Real;
use crate::graph::{Ex, Node, Operand, Ruled};
use crate::loops::{AlongLast, RowInput, Rows};
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::ChannelAxis;

/// What a normalisation of groups of channels gives.
pub type GroupNormOf<X> = RuledOf<X, <X as Operand>::S, GroupNormBack<<X as Operand>::E>>;

/// The rule of a normalisation of groups of channels.
pub type GroupNormBack<E> = RowsBack<E, AlongLast<LayerNormBack>>;

/// Channels that make up `GROUPS` groups, all of one size.
#[diagnostic::on_unimplemented(
    message = "group norm: `{Self}` channels do not make {GROUPS} groups",
    label = "the number of groups divides that of the channels, axis 1, a static size, exactly"
)]
pub trait ChannelGroups<const GROUPS: usize> {}
#[diagnostic::do_not_recommend]
impl<C: DivDim<D<GROUPS>>, const GROUPS: usize> ChannelGroups<GROUPS> for C {}

/// Pictures, or anything with a batch and channels, each of so many groups without mean and scale.
#[track_caller]
pub(crate) fn grouped<S: ChannelAxis, E: Real, D: Device, N: Node<E>>(
    x: Ex<S, E, D, N>,
    groups: usize,
    eps: f64,
) -> Ruled<Ex<S, E, D, N>, S, GroupNormBack<E>> {
    let (shape, dims) = (x.shape, x.shape.dims());
    let places: usize = dims[2..].iter().product();
    let rows = Rows::new(dims[0] * groups, dims[1] / groups.max(1) * places, 1);
    let program = AlongLast(LayerNormRow { eps });
    let (out, inverse) = x.device.map_rows_keeping(rows, program, &[RowInput::Elements(&x.materialise())]);
    x.ruled(out, shape, RowsBack { rows, per_row: Some(inverse), program: AlongLast(LayerNormBack {}) })
}

/// Normalisation over channels and places of each example `(N, C, ..)`, without gain and bias: PyTorch's `group_norm`
/// and `instance_norm`.
///
/// `y = (x - mean) / √(variance + eps)`, with mean and the population's variance of each group of channels of each
/// example; `dx = (dy - mean(dy) - y · mean(dy · y)) / √(variance + eps)`. Any number of axes of space, also none. A
/// group of equal elements gives zeros, also with `eps = 0`, and so does one of a single element; one with NaN or
/// infinities gives NaN; nothing gives nothing. Layers with gain and bias are [`GroupNorm`](crate::nn::GroupNorm)
/// and [`InstanceNorm2d`](crate::nn::InstanceNorm2d).
pub trait ChannelNormalisations: Operand + Sized {
    /// Normalisation of each of `GROUPS` groups of channels. Wu and He 2018, arXiv:1803.08494.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0], [3.0], [5.0], [5.0]]]);
    /// assert_eq!(x.group_norm::<2>(0.0).eval(), Cpu.tensor([[[-1.0], [1.0], [0.0], [0.0]]]));
    /// ```
    #[track_caller]
    fn group_norm<const GROUPS: usize>(self, eps: f64) -> GroupNormOf<Self>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: ChannelAxis,
        <Self::S as ChannelAxis>::C: ChannelGroups<GROUPS>,
    {
        result_of::<Self, _, _>(grouped(whole(self), GROUPS, eps))
    }

    /// Normalisation of each channel of each example. Ulyanov, Vedaldi and Lempitsky 2016, arXiv:1607.08022.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 3.0], [5.0, 5.0]]]);
    /// assert_eq!(x.instance_norm(0.0).eval(), Cpu.tensor([[[-1.0, 1.0], [0.0, 0.0]]]));
    /// ```
    #[track_caller]
    fn instance_norm(self, eps: f64) -> GroupNormOf<Self>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: ChannelAxis,
    {
        let x = whole(self);
        let channels = x.shape.channels().size();
        result_of::<Self, _, _>(grouped(x, channels, eps))
    }
}
impl<X: Operand> ChannelNormalisations for X {}
