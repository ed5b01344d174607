//! The methods of convolutions.
//!
//! Apart from the law (`shape::windows`), which says how many places a filter comes to.

use super::convolved::{ConvolutionAs, ConvolutionOf, SpaceOf, convolved, places, three};
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::differ;
use crate::graph::{Ex, Operand};
use crate::ops::movement::counted;
use crate::ops::{FloatingNode, NodeOver, OtherGraphOf, result_of, whole};
use crate::shape::{
    Divisible, FilterSizes, Filters, FitOver, GroupCount, InChannels, InGroups, Mismatch, Pictures, Slides, SlidesOver,
};

/// The channels of the operand `X`.
type ChannelsOf<const R: usize, X> = <<X as Operand>::S as Pictures<R>>::Channels;
/// The outputs of the weight `W`.
type OutputsOf<const R: usize, W> = <<W as Operand>::S as Pictures<R>>::Batch;
/// The inputs of all groups of the weight `W`.
type InputsOf<const R: usize, W, K> = <ChannelsOf<R, W> as InGroups<<K as Filters<R>>::GroupCount>>::All;
/// The sizes of the filter `K`.
type SizesOf<const R: usize, K> = <<K as Filters<R>>::Slides as Slides<R>>::Sizes;

/// The outputs of a weight, the inputs of each group, the number of these. Channels whose number only the run knows
/// raise their difference.
#[track_caller]
fn channels<const R: usize, S: Pictures<R>, SW: Pictures<R>, K: Filters<R>>(
    shape: S,
    weight: SW,
    _: K,
) -> (SW::Batch, usize, usize) {
    let (groups, (outputs, inputs, _)) = (K::GroupCount::COUNT, weight.parts());
    if shape.parts().1.size() != inputs.size() * groups {
        differ(Mismatch::new("convolution", shape, weight));
    }
    (outputs, inputs.size(), groups)
}

/// The weight, over the elements and on the device of the pictures `X`.
fn other<X: Operand, W>(device: X::D, weight: W) -> Ex<W::S, X::E, X::D, OtherGraphOf<X, W>>
where
    X::E: Real,
    W: Operand<N: NodeOver<X::E, W::E>>,
{
    let weight = weight.ex();
    Ex::new(weight.node.node(), weight.shape, device)
}

/// Convolutions of pictures `(N, C, ..)` by weights `(O, C / groups, ..)`: PyTorch's `conv1d`, `conv2d` and
/// `conv3d`, which are cross-correlations.
///
/// `y[n, o, p] = Σ w[o, i, k] · x[n, i, p · stride + k · dilation - padding]` over the inputs `i` of the group
/// of `o` and the elements `k` of the filter, where `x` is 0 outside of the picture. The gradient of each
/// operand is the same sum over the others. The [`Filter`](crate::shape::Filter) says how the weight slides,
/// and so, when the program is compiled, how many places come out. A bias is added as `y + bias`, of shape
/// `(O, 1, 1)`; [`Conv2d`](crate::nn::Conv2d) has one.
///
/// Sums of `f16` and `bf16` are kept in `f32` and rounded once; those of other types are made of parts of a few
/// hundred terms each, in the gradients too. At the weight, parts over hundreds of places are added in `f64`. NaN in a
/// window is NaN at its place. A sum over nothing, of no channels, is 0; an empty batch gives an empty batch. The
/// compiler refuses a filter that does not fit, that has no elements, or a stride or dilation of 0; where the run
/// counts the places, [`Error::Window`](crate::Error::Window) does.
pub trait Convolutions: Operand + Sized {
    /// The convolution of `(N, C, L)` by `(O, C / groups, K)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 2.0, 3.0, 4.0]]]);
    /// let slopes = x.conv1d(&Cpu.tensor([[[-1.0, 0.0, 1.0]]]), Filter::<3>).eval();
    /// assert_eq!(slopes, Cpu.tensor([[[2.0, 2.0]]]));
    /// ```
    #[track_caller]
    fn conv1d<W, K>(self, weight: W, filter: K) -> ConvolutionOf<1, Self, W, K>
    where
        W: Operand<S: Pictures<1>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<1>,
        K: Filters<1>,
        ChannelsOf<1, W>: InGroups<K::GroupCount>,
        InputsOf<1, W, K>: InChannels<ChannelsOf<1, Self>>,
        OutputsOf<1, W>: Divisible<K::GroupCount>,
        <W::S as Pictures<1>>::Space: FilterSizes<SizesOf<1, K>>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
    {
        let x = whole(self);
        let places = <K::Slides as SlidesOver<SpaceOf<1, Self>>>::places(x.shape.parts().2);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = channels::<1, _, _, K>(x.shape, weight.shape, filter);
        result_of::<Self, _, _>(convolved::<1, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// [`conv1d`](Convolutions::conv1d) along axes whose sizes only the run knows: each name makes a dim of the number
    /// of places.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn conv1d_as<W, K, L: Dim>(
        self,
        weight: W,
        filter: K,
        length: impl FnOnce(usize) -> L,
    ) -> ConvolutionAs<1, Self, W, (L,)>
    where
        W: Operand<S: Pictures<1>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<1>,
        K: Filters<1>,
        ChannelsOf<1, W>: InGroups<K::GroupCount>,
        InputsOf<1, W, K>: InChannels<ChannelsOf<1, Self>>,
        OutputsOf<1, W>: Divisible<K::GroupCount>,
        <W::S as Pictures<1>>::Space: FilterSizes<SizesOf<1, K>>,
    {
        let x = whole(self);
        let sizes = places(three(x.shape.parts().2), <K::Slides as Slides<1>>::steps());
        let places = (counted(sizes[2], length),);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = channels::<1, _, _, K>(x.shape, weight.shape, filter);
        result_of::<Self, _, _>(convolved::<1, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// The convolution of `(N, C, H, W)` by `(O, C / groups, KH, KW)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Rows = ?, Columns = ? }
    /// let (x, weight) = (Cpu.full((Batch(2), D::<3>, D::<8>, D::<8>), 1.0), Cpu.ones::<Shape![16, 3, 3, 3]>());
    /// let y: Tensor<(Batch, D<16>, D<4>, D<4>)> = x.conv2d(&weight, Filter::<3, 2, 1>).eval();
    /// assert_eq!(y.as_slice()[5], 27.0);
    /// let x = Cpu.full((Batch(2), D::<3>, Rows(7), Columns(5)), 1.0);
    /// let y: Tensor<(Batch, D<16>, Rows, Columns)> = x.conv2d(&weight, Same::<3>).eval();
    /// dims! { Down = ?, Across = ? }
    /// let y = x.conv2d_as(&weight, Filter::<3, 2>, Down, Across).eval();
    /// assert_eq!(y.shape(), (Batch(2), D::<16>, Down(3), Across(2)));
    /// ```
    #[track_caller]
    fn conv2d<W, K>(self, weight: W, filter: K) -> ConvolutionOf<2, Self, W, K>
    where
        W: Operand<S: Pictures<2>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<2>,
        K: Filters<2>,
        ChannelsOf<2, W>: InGroups<K::GroupCount>,
        InputsOf<2, W, K>: InChannels<ChannelsOf<2, Self>>,
        OutputsOf<2, W>: Divisible<K::GroupCount>,
        <W::S as Pictures<2>>::Space: FilterSizes<SizesOf<2, K>>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
    {
        let x = whole(self);
        let places = <K::Slides as SlidesOver<SpaceOf<2, Self>>>::places(x.shape.parts().2);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = channels::<2, _, _, K>(x.shape, weight.shape, filter);
        result_of::<Self, _, _>(convolved::<2, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// [`conv2d`](Convolutions::conv2d) along axes whose sizes only the run knows: each name makes a dim of the number
    /// of places.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn conv2d_as<W, K, L: Dim, M: Dim>(
        self,
        weight: W,
        filter: K,
        height: impl FnOnce(usize) -> L,
        width: impl FnOnce(usize) -> M,
    ) -> ConvolutionAs<2, Self, W, (L, M)>
    where
        W: Operand<S: Pictures<2>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<2>,
        K: Filters<2>,
        ChannelsOf<2, W>: InGroups<K::GroupCount>,
        InputsOf<2, W, K>: InChannels<ChannelsOf<2, Self>>,
        OutputsOf<2, W>: Divisible<K::GroupCount>,
        <W::S as Pictures<2>>::Space: FilterSizes<SizesOf<2, K>>,
    {
        let x = whole(self);
        let sizes = places(three(x.shape.parts().2), <K::Slides as Slides<2>>::steps());
        let places = (counted(sizes[1], height), counted(sizes[2], width));
        let weight = other::<Self, W>(x.device, weight);
        let sizes = channels::<2, _, _, K>(x.shape, weight.shape, filter);
        result_of::<Self, _, _>(convolved::<2, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// The convolution of `(N, C, D, H, W)` by `(O, C / groups, KD, KH, KW)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, weight) = (Cpu.ones::<Shape![1, 2, 4, 5, 6]>(), Cpu.ones::<Shape![3, 2, 2, 2, 2]>());
    /// let y = x.conv3d(&weight, Filter::<2>).eval();
    /// assert_eq!((y.shape(), y.as_slice()[0]), ((D::<1>, D::<3>, D::<3>, D::<4>, D::<5>), 16.0));
    /// ```
    #[track_caller]
    fn conv3d<W, K>(self, weight: W, filter: K) -> ConvolutionOf<3, Self, W, K>
    where
        W: Operand<S: Pictures<3>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<3>,
        K: Filters<3>,
        ChannelsOf<3, W>: InGroups<K::GroupCount>,
        InputsOf<3, W, K>: InChannels<ChannelsOf<3, Self>>,
        OutputsOf<3, W>: Divisible<K::GroupCount>,
        <W::S as Pictures<3>>::Space: FilterSizes<SizesOf<3, K>>,
        K::Slides: SlidesOver<SpaceOf<3, Self>> + FitOver<SpaceOf<3, Self>>,
    {
        let x = whole(self);
        let places = <K::Slides as SlidesOver<SpaceOf<3, Self>>>::places(x.shape.parts().2);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = channels::<3, _, _, K>(x.shape, weight.shape, filter);
        result_of::<Self, _, _>(convolved::<3, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// [`conv3d`](Convolutions::conv3d) along axes whose sizes only the run knows: each name makes a dim of the number
    /// of places.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn conv3d_as<W, K, L: Dim, M: Dim, Q: Dim>(
        self,
        weight: W,
        filter: K,
        depth: impl FnOnce(usize) -> L,
        height: impl FnOnce(usize) -> M,
        width: impl FnOnce(usize) -> Q,
    ) -> ConvolutionAs<3, Self, W, (L, M, Q)>
    where
        W: Operand<S: Pictures<3>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<3>,
        K: Filters<3>,
        ChannelsOf<3, W>: InGroups<K::GroupCount>,
        InputsOf<3, W, K>: InChannels<ChannelsOf<3, Self>>,
        OutputsOf<3, W>: Divisible<K::GroupCount>,
        <W::S as Pictures<3>>::Space: FilterSizes<SizesOf<3, K>>,
    {
        let x = whole(self);
        let sizes = places(three(x.shape.parts().2), <K::Slides as Slides<3>>::steps());
        let places = (counted(sizes[0], depth), counted(sizes[1], height), counted(sizes[2], width));
        let weight = other::<Self, W>(x.device, weight);
        let sizes = channels::<3, _, _, K>(x.shape, weight.shape, filter);
        result_of::<Self, _, _>(convolved::<3, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }
}
impl<X: Operand> Convolutions for X {}
