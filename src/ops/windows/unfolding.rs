//! Patches of pictures as columns, and columns added up to pictures.
//!
//! Apart from the convolutions, which multiply such columns and never make all of them; and from
//! [`unfold`](crate::ops::Rearranging::unfold), whose windows lie along one axis.

use super::convolved::{SpaceOf, places, three};
use super::folded::{FoldedOf, PatchOf, UnfoldedAs, UnfoldedOf, folded, unfolded};
use crate::dims::{Dim, MulDim};
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::movement::counted;
use crate::shape::{
    AxisSizes, Filters, FitOver, FoldedPlaces, InParts, KnownVolume, OfChannels, OneGroup, Patches, Pictures, Slides,
    SlidesOver, Volume, VolumeOf,
};

/// The channels of the operand `X`.
type ChannelsOf<const R: usize, X> = <<X as Operand>::S as Pictures<R>>::Channels;
/// How the filter `K` slides.
type SlidesOf<const R: usize, K> = <K as Filters<R>>::Slides;
/// The sizes of the filter `K`.
type SizesOf<const R: usize, K> = <SlidesOf<R, K> as Slides<R>>::Sizes;
/// The places of the filter `K` on axes of space `P`.
type PlacesOn<const R: usize, P, K> = <SlidesOf<R, K> as SlidesOver<P>>::Places;

/// Pictures `(N, C, ..)` as patches `(N, C · elements of the filter, places)`, and patches added up to pictures:
/// PyTorch's `F.unfold` and `F.fold` (im2col, col2im), also over one and three axes.
///
/// `y[n, (c, k), p] = x[n, c, p · stride + k · dilation - padding]` over the elements `k` of the filter in row-major
/// order, the places `p` likewise; 0 outside of the picture. Folding is the transposed of that,
/// `x[n, c, p · stride + k · dilation - padding] += y[n, (c, k), p]`: each is the gradient of the other. What overlaps
/// is added in `f64` and rounded once; elements that no patch holds are 0.
///
/// The [`Filter`](crate::shape::Filter) says size, stride, padding and dilation in the order of convolutions, so that
/// `x.unfold2d(filter)` by a weight `(O, C · elements)` is `x.conv2d(weight, filter)`. The patches are one axis of
/// columns, and copied: a shape has six axes at most, where `(N, C, KD, KH, KW, D, H, W)` would have eight. A NaN is in
/// each patch that holds it; an empty batch gives an empty batch. The compiler refuses a filter that does not fit, has
/// no elements or does not move, and patches that are of no whole channels; where the run counts,
/// [`Error::Window`](crate::Error::Window) and [`Error::Value`](crate::Error::Value) do.
pub trait Unfolding: Operand + Sized {
    /// The patches of `(N, C, L)`: `(N, C · elements of the filter, places)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 2.0, 3.0, 4.0]]]);
    /// assert_eq!(x.unfold1d(Filter::<2, 2>).eval(), Cpu.tensor([[[1.0, 3.0], [2.0, 4.0]]]));
    /// ```
    #[track_caller]
    fn unfold1d<K>(self, filter: K) -> UnfoldedOf<1, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Filters<1, GroupCount = OneGroup>,
        K::Slides: SlidesOver<SpaceOf<1, Self>> + FitOver<SpaceOf<1, Self>>,
        SizesOf<1, K>: Volume,
        PlacesOn<1, SpaceOf<1, Self>, K>: KnownVolume,
        ChannelsOf<1, Self>: MulDim<PatchOf<1, K>>,
    {
        let (x, _) = (self.ex(), filter);
        let places = <K::Slides as SlidesOver<SpaceOf<1, Self>>>::places(x.shape.parts().2);
        unfolded::<1, _, K, _>(x, three(places), places.volume())
    }

    /// [`unfold1d`](Unfolding::unfold1d) along axes whose sizes only the run knows: the name makes a dim of the number
    /// of patches.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn unfold1d_as<K, L: Dim>(self, filter: K, patches: impl FnOnce(usize) -> L) -> UnfoldedAs<1, Self, K, L>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<1>,
        K: Filters<1, GroupCount = OneGroup>,
        SizesOf<1, K>: Volume,
        ChannelsOf<1, Self>: MulDim<PatchOf<1, K>>,
    {
        let (x, _) = (self.ex(), filter);
        let places = places(three(x.shape.parts().2), SlidesOf::<1, K>::steps());
        let count = places.iter().fold(1usize, |count, &places| count.saturating_mul(places));
        unfolded::<1, _, K, _>(x, places, counted(count, patches))
    }

    /// Patches added up to pictures of these sizes, `(N, C, L)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let patches = Cpu.tensor([[[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]]);
    /// assert_eq!(patches.fold1d((D::<4>,), Filter::<2>).eval(), Cpu.tensor([[[1.0, 12.0, 23.0, 30.0]]]));
    /// ```
    #[track_caller]
    fn fold1d<P, K>(self, sizes: P, filter: K) -> FoldedOf<1, Self, P::Own, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Patches,
        P: AxisSizes<1>,
        K: Filters<1, GroupCount = OneGroup>,
        K::Slides: SlidesOver<P::Own> + FitOver<P::Own>,
        SizesOf<1, K>: Volume,
        <Self::S as Patches>::Elements: InParts<PatchOf<1, K>> + OfChannels<PatchOf<1, K>>,
        PlacesOn<1, P::Own, K>: KnownVolume,
        VolumeOf<PlacesOn<1, P::Own, K>>: FoldedPlaces<<Self::S as Patches>::Count>,
    {
        let (sizes, _) = (sizes.own(), filter);
        folded::<1, _, K, _>(self, sizes, three(<K::Slides as SlidesOver<P::Own>>::places(sizes)))
    }

    /// [`fold1d`](Unfolding::fold1d) to axes whose sizes only the run knows, or of as many patches as only it does.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), another number of patches than it has
    /// places [`Error::Value`](crate::Error::Value).
    #[track_caller]
    fn fold1d_as<P, K>(self, sizes: P, filter: K) -> FoldedOf<1, Self, P::Own, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Patches,
        P: AxisSizes<1>,
        K: Filters<1, GroupCount = OneGroup>,
        SizesOf<1, K>: Volume,
        <Self::S as Patches>::Elements: InParts<PatchOf<1, K>> + OfChannels<PatchOf<1, K>>,
    {
        let (sizes, _) = (sizes.own(), filter);
        folded::<1, _, K, _>(self, sizes, places(three(sizes), SlidesOf::<1, K>::steps()))
    }

    /// The patches of `(N, C, H, W)`: `(N, C · elements of the filter, places)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Rows = ?, Patches = ? }
    /// let x = Cpu.from_fn((D::<1>, D::<2>, D::<3>, D::<3>), |i| i as f32);
    /// let patches: Tensor<Shape![1, 8, 4]> = x.unfold2d(Filter::<2>).eval();
    /// assert_eq!(patches.as_slice()[..8], [0.0, 1.0, 3.0, 4.0, 1.0, 2.0, 4.0, 5.0]);
    /// // A convolution is a product with patches.
    /// let weight = Cpu.ones::<Shape![5, 2, 2, 2]>();
    /// let y = weight.flatten::<1>().matmul(&patches).reshape((D::<1>, D::<5>, D::<2>, D::<2>)).eval();
    /// assert_eq!(y, x.conv2d(&weight, Filter::<2>).eval());
    /// let x = Cpu.full((D::<1>, D::<2>, Rows(5), D::<3>), 1.0f32);
    /// assert_eq!(x.unfold2d_as(Filter::<3, 1, 1>, Patches).shape(), (D::<1>, D::<18>, Patches(15)));
    /// ```
    #[doc(alias = "im2col")]
    #[track_caller]
    fn unfold2d<K>(self, filter: K) -> UnfoldedOf<2, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Filters<2, GroupCount = OneGroup>,
        K::Slides: SlidesOver<SpaceOf<2, Self>> + FitOver<SpaceOf<2, Self>>,
        SizesOf<2, K>: Volume,
        PlacesOn<2, SpaceOf<2, Self>, K>: KnownVolume,
        ChannelsOf<2, Self>: MulDim<PatchOf<2, K>>,
    {
        let (x, _) = (self.ex(), filter);
        let places = <K::Slides as SlidesOver<SpaceOf<2, Self>>>::places(x.shape.parts().2);
        unfolded::<2, _, K, _>(x, three(places), places.volume())
    }

    /// [`unfold2d`](Unfolding::unfold2d) along axes whose sizes only the run knows: the name makes a dim of the number
    /// of patches.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn unfold2d_as<K, L: Dim>(self, filter: K, patches: impl FnOnce(usize) -> L) -> UnfoldedAs<2, Self, K, L>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<2>,
        K: Filters<2, GroupCount = OneGroup>,
        SizesOf<2, K>: Volume,
        ChannelsOf<2, Self>: MulDim<PatchOf<2, K>>,
    {
        let (x, _) = (self.ex(), filter);
        let places = places(three(x.shape.parts().2), SlidesOf::<2, K>::steps());
        let count = places.iter().fold(1usize, |count, &places| count.saturating_mul(places));
        unfolded::<2, _, K, _>(x, places, counted(count, patches))
    }

    /// Patches added up to pictures of these sizes, `(N, C, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![1, 2, 3, 3]>();
    /// let y = x.unfold2d(Filter::<2>).fold2d((D::<3>, D::<3>), Filter::<2>).eval();
    /// assert_eq!(y.as_slice()[..9], [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]);
    /// ```
    #[doc(alias = "col2im")]
    #[track_caller]
    fn fold2d<P, K>(self, sizes: P, filter: K) -> FoldedOf<2, Self, P::Own, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Patches,
        P: AxisSizes<2>,
        K: Filters<2, GroupCount = OneGroup>,
        K::Slides: SlidesOver<P::Own> + FitOver<P::Own>,
        SizesOf<2, K>: Volume,
        <Self::S as Patches>::Elements: InParts<PatchOf<2, K>> + OfChannels<PatchOf<2, K>>,
        PlacesOn<2, P::Own, K>: KnownVolume,
        VolumeOf<PlacesOn<2, P::Own, K>>: FoldedPlaces<<Self::S as Patches>::Count>,
    {
        let (sizes, _) = (sizes.own(), filter);
        folded::<2, _, K, _>(self, sizes, three(<K::Slides as SlidesOver<P::Own>>::places(sizes)))
    }

    /// [`fold2d`](Unfolding::fold2d) to axes whose sizes only the run knows, or of as many patches as only it does.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), another number of patches than it has
    /// places [`Error::Value`](crate::Error::Value).
    #[track_caller]
    fn fold2d_as<P, K>(self, sizes: P, filter: K) -> FoldedOf<2, Self, P::Own, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Patches,
        P: AxisSizes<2>,
        K: Filters<2, GroupCount = OneGroup>,
        SizesOf<2, K>: Volume,
        <Self::S as Patches>::Elements: InParts<PatchOf<2, K>> + OfChannels<PatchOf<2, K>>,
    {
        let (sizes, _) = (sizes.own(), filter);
        folded::<2, _, K, _>(self, sizes, places(three(sizes), SlidesOf::<2, K>::steps()))
    }

    /// The patches of `(N, C, D, H, W)`: `(N, C · elements of the filter, places)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![2, 3, 4, 4, 6]>();
    /// assert_eq!(x.unfold3d(Filter::<2, 2>).eval(), Cpu.ones::<Shape![2, 24, 12]>());
    /// ```
    #[track_caller]
    fn unfold3d<K>(self, filter: K) -> UnfoldedOf<3, Self, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Filters<3, GroupCount = OneGroup>,
        K::Slides: SlidesOver<SpaceOf<3, Self>> + FitOver<SpaceOf<3, Self>>,
        SizesOf<3, K>: Volume,
        PlacesOn<3, SpaceOf<3, Self>, K>: KnownVolume,
        ChannelsOf<3, Self>: MulDim<PatchOf<3, K>>,
    {
        let (x, _) = (self.ex(), filter);
        let places = <K::Slides as SlidesOver<SpaceOf<3, Self>>>::places(x.shape.parts().2);
        unfolded::<3, _, K, _>(x, three(places), places.volume())
    }

    /// [`unfold3d`](Unfolding::unfold3d) along axes whose sizes only the run knows: the name makes a dim of the number
    /// of patches.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), a name of another size
    /// [`Error::Shape`](crate::Error::Shape).
    #[track_caller]
    fn unfold3d_as<K, L: Dim>(self, filter: K, patches: impl FnOnce(usize) -> L) -> UnfoldedAs<3, Self, K, L>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Pictures<3>,
        K: Filters<3, GroupCount = OneGroup>,
        SizesOf<3, K>: Volume,
        ChannelsOf<3, Self>: MulDim<PatchOf<3, K>>,
    {
        let (x, _) = (self.ex(), filter);
        let places = places(three(x.shape.parts().2), SlidesOf::<3, K>::steps());
        let count = places.iter().fold(1usize, |count, &places| count.saturating_mul(places));
        unfolded::<3, _, K, _>(x, places, counted(count, patches))
    }

    /// Patches added up to pictures of these sizes, `(N, C, D, H, W)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let y = Cpu.ones::<Shape![2, 24, 12]>().fold3d((D::<4>, D::<4>, D::<6>), Filter::<2, 2>).eval();
    /// assert_eq!(y, Cpu.ones::<Shape![2, 3, 4, 4, 6]>());
    /// ```
    #[track_caller]
    fn fold3d<P, K>(self, sizes: P, filter: K) -> FoldedOf<3, Self, P::Own, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Patches,
        P: AxisSizes<3>,
        K: Filters<3, GroupCount = OneGroup>,
        K::Slides: SlidesOver<P::Own> + FitOver<P::Own>,
        SizesOf<3, K>: Volume,
        <Self::S as Patches>::Elements: InParts<PatchOf<3, K>> + OfChannels<PatchOf<3, K>>,
        PlacesOn<3, P::Own, K>: KnownVolume,
        VolumeOf<PlacesOn<3, P::Own, K>>: FoldedPlaces<<Self::S as Patches>::Count>,
    {
        let (sizes, _) = (sizes.own(), filter);
        folded::<3, _, K, _>(self, sizes, three(<K::Slides as SlidesOver<P::Own>>::places(sizes)))
    }

    /// [`fold3d`](Unfolding::fold3d) to axes whose sizes only the run knows, or of as many patches as only it does.
    ///
    /// A filter that does not fit raises [`Error::Window`](crate::Error::Window), another number of patches than it has
    /// places [`Error::Value`](crate::Error::Value).
    #[track_caller]
    fn fold3d_as<P, K>(self, sizes: P, filter: K) -> FoldedOf<3, Self, P::Own, K>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: Patches,
        P: AxisSizes<3>,
        K: Filters<3, GroupCount = OneGroup>,
        SizesOf<3, K>: Volume,
        <Self::S as Patches>::Elements: InParts<PatchOf<3, K>> + OfChannels<PatchOf<3, K>>,
    {
        let (sizes, _) = (sizes.own(), filter);
        folded::<3, _, K, _>(self, sizes, places(three(sizes), SlidesOf::<3, K>::steps()))
    }
}
impl<X: Operand> Unfolding for X {}
