//! The methods of transposed convolutions.
//!
//! Apart from the law (`shape::transposed`), which says how many places a filter spreads an axis to.

use super::convolved::{SpaceOf, three};
use super::spread::{TransposedConvolutionBack, outputs, spread_out};
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Ex, Operand};
use crate::ops::movement::counted;
use crate::ops::{FloatingNode, NodeOver, OtherGraphOf, RuledByBothOf, result_of, whole};
use crate::shape::{
    Divisible, FilterSizes, FitOver, InGroups, Pictures, Slides, SlidesOver, Space, TransposedChannels,
    TransposedFilters, spread,
};

/// The channels of pictures `S`.
type Channels<const R: usize, S> = <S as Pictures<R>>::Channels;
/// The outputs of all groups of a weight of shape `SW`.
type Outputs<const R: usize, SW, K> = <Channels<R, SW> as InGroups<<K as TransposedFilters<R>>::GroupCount>>::All;
/// The sizes of the filter `K`.
type Sizes<const R: usize, K> = <<K as TransposedFilters<R>>::Slides as Slides<R>>::Sizes;
/// The places that `K` spreads the operand `X` to.
type PlacesOf<const R: usize, X, K> = <<K as TransposedFilters<R>>::Slides as SlidesOver<SpaceOf<R, X>>>::Places;

/// What a transposed convolution of `X` by `W` gives whose places are `P`.
pub type TransposedConvolutionAs<const R: usize, X, W, K, P> = RuledByBothOf<
    X,
    W,
    <P as Space>::Under<<<X as Operand>::S as Pictures<R>>::Batch, Outputs<R, <W as Operand>::S, K>>,
    TransposedConvolutionBack<<X as Operand>::E>,
>;

/// What a transposed convolution of `X` by `W` gives.
pub type TransposedConvolutionOf<const R: usize, X, W, K> = TransposedConvolutionAs<R, X, W, K, PlacesOf<R, X, K>>;

/// The places that the run counts; [`Error::Value`] where a filter gives none.
#[track_caller]
pub(crate) fn grown<const R: usize, K: TransposedFilters<R>>(space: [usize; 3]) -> [usize; 3] {
    let (steps, extra) = (K::Slides::steps(), K::extra());
    std::array::from_fn(|axis| {
        let (len, step, extra) = (space[axis], steps[axis], extra[axis]);
        spread(len, step, extra).unwrap_or_else(|| {
            let found = format!(
                "size {} (stride {}, padding {}, output padding {extra}, dilation {}) on an axis of length {len}",
                step.size, step.stride, step.before, step.dilation
            );
            raise(Error::Value {
                what: "filter of a transposed convolution",
                found,
                rule: "it gives no places: (length - 1) * stride + dilation * (size - 1) + output padding >= 2 * \
                       padding, none of them 0, output padding less than stride or dilation",
            })
        })
    })
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

/// What errors call the operation.
const LAW: &str = "transposed convolution";

/// Transposed convolutions of pictures `(N, C, ..)` by weights `(C, O / groups, ..)`: PyTorch's
/// `conv_transpose1d`, `conv_transpose2d` and `conv_transpose3d`, also called deconvolutions.
///
/// `y[n, o, p · stride + k · dilation - padding] += w[c, o, k] · x[n, c, p]` over all channels `c` of the group,
/// places `p` and elements `k` of the filter: what a convolution of the same numbers has as the gradient of
/// its pictures. The gradient of `x` is that convolution of `dy`; that of `w` is the same sum over the others.
/// The [`TransposedFilter`](crate::shape::TransposedFilter) says how many places come out when the program is
/// compiled. A bias is added as `y + bias`, of shape `(O, 1, 1)`;
/// [`ConvTranspose2d`](crate::nn::ConvTranspose2d) has one.
///
/// What meets at an element is added as in a convolution: of `f16` and `bf16` in `f32`, and rounded once. NaN
/// reaches all that it is spread over. A sum over nothing, of no channels, is 0; an empty batch gives an empty
/// batch. The compiler refuses an axis of length 0, a size, stride or dilation of 0, padding that leaves
/// nothing and output padding that is no less than stride and dilation; where the run counts the places,
/// [`Error::Value`](crate::Error::Value) does.
pub trait TransposedConvolutions: Operand + Sized {
    /// The transposed convolution of `(N, C, L)` by `(C, O / groups, K)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 2.0]]]);
    /// let y = x.conv_transpose1d(&Cpu.tensor([[[1.0, 1.0, 1.0]]]), TransposedFilter::<3>).eval();
    /// assert_eq!(y, Cpu.tensor([[[1.0, 3.0, 3.0, 2.0]]]));
    /// ```
    #[track_caller]
    fn conv_transpose1d<W, K>(self, weight: W, filter: K) -> TransposedConvolutionOf<1, Self, W, K>
    where
        W: Operand<S: Pictures<1>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<1>,
        K: TransposedFilters<1>,
        <W::S as Pictures<1>>::Batch: TransposedChannels<Channels<1, Self::S>> + Divisible<K::GroupCount>,
        Channels<1, W::S>: InGroups<K::GroupCount>,
        <W::S as Pictures<1>>::Space: FilterSizes<Sizes<1, K>>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
    {
        let (x, _) = (whole(self), filter);
        let places = <K::Slides as SlidesOver<SpaceOf<1, Self>>>::places(x.shape.parts().2);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = outputs::<1, _, _, K, _>(LAW, x.shape, weight.shape);
        result_of::<Self, _, _>(spread_out::<1, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// [`conv_transpose1d`](TransposedConvolutions::conv_transpose1d) along axes whose sizes only the run knows: each
    /// name makes a dim of the number of places.
    ///
    /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn conv_transpose1d_as<W, K, L: Dim>(
        self,
        weight: W,
        filter: K,
        length: impl FnOnce(usize) -> L,
    ) -> TransposedConvolutionAs<1, Self, W, K, (L,)>
    where
        W: Operand<S: Pictures<1>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<1>,
        K: TransposedFilters<1>,
        <W::S as Pictures<1>>::Batch: TransposedChannels<Channels<1, Self::S>> + Divisible<K::GroupCount>,
        Channels<1, W::S>: InGroups<K::GroupCount>,
        <W::S as Pictures<1>>::Space: FilterSizes<Sizes<1, K>>,
    {
        let (x, _) = (whole(self), filter);
        let sizes = grown::<1, K>(three(x.shape.parts().2));
        let places = (counted(sizes[2], length),);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = outputs::<1, _, _, K, _>(LAW, x.shape, weight.shape);
        result_of::<Self, _, _>(spread_out::<1, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// The transposed convolution of `(N, C, H, W)` by `(C, O / groups, KH, KW)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Rows = ?, Down = ?, Across = ? }
    /// let (x, weight) = (Cpu.full((Batch(2), D::<3>, D::<4>, D::<4>), 1.0), Cpu.ones::<Shape![3, 8, 2, 2]>());
    /// let y: Tensor<(Batch, D<8>, D<8>, D<8>)> = x.conv_transpose2d(&weight, TransposedFilter::<2, 2>).eval();
    /// assert!(y.as_slice().iter().all(|&y| y == 3.0));
    /// let x = Cpu.full((D::<1>, D::<3>, Rows(5), D::<2>), 1.0);
    /// let y = x.conv_transpose2d_as(&weight, TransposedFilter::<2, 2, 0, 1>, Down, Across).eval();
    /// assert_eq!(y.shape(), (D::<1>, D::<8>, Down(11), Across(5)));
    /// ```
    #[track_caller]
    fn conv_transpose2d<W, K>(self, weight: W, filter: K) -> TransposedConvolutionOf<2, Self, W, K>
    where
        W: Operand<S: Pictures<2>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<2>,
        K: TransposedFilters<2>,
        <W::S as Pictures<2>>::Batch: TransposedChannels<Channels<2, Self::S>> + Divisible<K::GroupCount>,
        Channels<2, W::S>: InGroups<K::GroupCount>,
        <W::S as Pictures<2>>::Space: FilterSizes<Sizes<2, K>>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
    {
        let (x, _) = (whole(self), filter);
        let places = <K::Slides as SlidesOver<SpaceOf<2, Self>>>::places(x.shape.parts().2);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = outputs::<2, _, _, K, _>(LAW, x.shape, weight.shape);
        result_of::<Self, _, _>(spread_out::<2, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// [`conv_transpose2d`](TransposedConvolutions::conv_transpose2d) along axes whose sizes only the run knows: each
    /// name makes a dim of the number of places.
    ///
    /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn conv_transpose2d_as<W, K, L: Dim, M: Dim>(
        self,
        weight: W,
        filter: K,
        height: impl FnOnce(usize) -> L,
        width: impl FnOnce(usize) -> M,
    ) -> TransposedConvolutionAs<2, Self, W, K, (L, M)>
    where
        W: Operand<S: Pictures<2>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<2>,
        K: TransposedFilters<2>,
        <W::S as Pictures<2>>::Batch: TransposedChannels<Channels<2, Self::S>> + Divisible<K::GroupCount>,
        Channels<2, W::S>: InGroups<K::GroupCount>,
        <W::S as Pictures<2>>::Space: FilterSizes<Sizes<2, K>>,
    {
        let (x, _) = (whole(self), filter);
        let sizes = grown::<2, K>(three(x.shape.parts().2));
        let places = (counted(sizes[1], height), counted(sizes[2], width));
        let weight = other::<Self, W>(x.device, weight);
        let sizes = outputs::<2, _, _, K, _>(LAW, x.shape, weight.shape);
        result_of::<Self, _, _>(spread_out::<2, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// The transposed convolution of `(N, C, D, H, W)` by `(C, O / groups, KD, KH, KW)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, weight) = (Cpu.ones::<Shape![1, 2, 1, 2, 3]>(), Cpu.ones::<Shape![2, 4, 2, 2, 2]>());
    /// let y = x.conv_transpose3d(&weight, TransposedFilter::<2, 2>).eval();
    /// assert_eq!((y.shape(), y.as_slice()[0]), ((D::<1>, D::<4>, D::<2>, D::<4>, D::<6>), 2.0));
    /// ```
    #[track_caller]
    fn conv_transpose3d<W, K>(self, weight: W, filter: K) -> TransposedConvolutionOf<3, Self, W, K>
    where
        W: Operand<S: Pictures<3>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<3>,
        K: TransposedFilters<3>,
        <W::S as Pictures<3>>::Batch: TransposedChannels<Channels<3, Self::S>> + Divisible<K::GroupCount>,
        Channels<3, W::S>: InGroups<K::GroupCount>,
        <W::S as Pictures<3>>::Space: FilterSizes<Sizes<3, K>>,
        K::Slides: SlidesOver<SpaceOf<3, Self>> + FitOver<SpaceOf<3, Self>>,
    {
        let (x, _) = (whole(self), filter);
        let places = <K::Slides as SlidesOver<SpaceOf<3, Self>>>::places(x.shape.parts().2);
        let weight = other::<Self, W>(x.device, weight);
        let sizes = outputs::<3, _, _, K, _>(LAW, x.shape, weight.shape);
        result_of::<Self, _, _>(spread_out::<3, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }

    /// [`conv_transpose3d`](TransposedConvolutions::conv_transpose3d) along axes whose sizes only the run knows: each
    /// name makes a dim of the number of places.
    ///
    /// A filter that gives no places raises [`Error::Value`](crate::Error::Value), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn conv_transpose3d_as<W, K, L: Dim, M: Dim, Q: Dim>(
        self,
        weight: W,
        filter: K,
        depth: impl FnOnce(usize) -> L,
        height: impl FnOnce(usize) -> M,
        width: impl FnOnce(usize) -> Q,
    ) -> TransposedConvolutionAs<3, Self, W, K, (L, M, Q)>
    where
        W: Operand<S: Pictures<3>>,
        Self::D: SameDevice<W::D>,
        Self::E: FloatingNode<Self::N>,
        W::N: NodeOver<Self::E, W::E>,
        Self::S: Pictures<3>,
        K: TransposedFilters<3>,
        <W::S as Pictures<3>>::Batch: TransposedChannels<Channels<3, Self::S>> + Divisible<K::GroupCount>,
        Channels<3, W::S>: InGroups<K::GroupCount>,
        <W::S as Pictures<3>>::Space: FilterSizes<Sizes<3, K>>,
    {
        let (x, _) = (whole(self), filter);
        let sizes = grown::<3, K>(three(x.shape.parts().2));
        let places = (counted(sizes[0], depth), counted(sizes[1], height), counted(sizes[2], width));
        let weight = other::<Self, W>(x.device, weight);
        let sizes = outputs::<3, _, _, K, _>(LAW, x.shape, weight.shape);
        result_of::<Self, _, _>(spread_out::<3, _, _, _, _, _, _, _, K::Slides, _>(x, weight, sizes, places))
    }
}
impl<X: Operand> TransposedConvolutions for X {}
