//! Windows on pictures: how many places they have along the axes of space, and whether they fit.
//!
//! Apart from `parts`, which counts windows of one axis without anything around it.

use super::filters::{Filter, FilterSlide, Groups, Pool, PoolSlide, Same, Slide, Stepping};
use super::parts::{InParts, InWindows, PartOf, WindowsOf};
use super::pictures::Space;
use super::same::Never;
use congruent_dims::{D, Dim, DimOf, DivDim, MulDim, Multiplied, Off, On, One, StaticDim, ToDim, WindowDim};
use std::ops::{Add, Mul, Sub};
use typenum::{B1, Diff, Max, Maximum, NonZero, Prod, Sum};

/// A [`Slide`] along an axis of length `A`. Of an axis that it does not fit the number of places means nothing.
#[diagnostic::on_unimplemented(
    message = "the places of `{Self}` on an axis of length `{A}` are not counted",
    label = "each number of a window, as of a filter, is below 10_000 where the compiler counts the places"
)]
pub trait SlideAlong<A: Dim>: Slide {
    /// The number of places.
    type Places: Dim;
    /// The number of places.
    fn places(axis: A) -> Self::Places;
}

/// That a [`Slide`] fits an axis of length `A`; what does not is said by [`WindowDim`].
pub trait FitAlong<A>: Slide {}

#[diagnostic::do_not_recommend]
impl<A: Dim, const SIZE: usize, const DILATION: usize> SlideAlong<A> for Same<SIZE, DILATION>
where
    D<SIZE>: StaticDim,
{
    type Places = A;
    #[inline]
    fn places(axis: A) -> A {
        axis
    }
}
// Without `do_not_recommend`: what has no extent is said by `Spread`.
impl<A: Dim, const SIZE: usize, const DILATION: usize> FitAlong<A> for Same<SIZE, DILATION>
where
    D<SIZE>: StaticDim + Spread<D<DILATION>>,
    D<DILATION>: StaticDim,
{
}

/// Elements of a window, `Dilation` apart: neither is 0.
#[diagnostic::on_unimplemented(
    message = "a window of size `{Self}` and dilation `{Dilation}` has nothing to slide",
    label = "needs a size and a dilation of 1 or more, below 10_000"
)]
pub trait Spread<Dilation> {}
#[diagnostic::do_not_recommend]
impl<Size: StaticDim<Num: NonZero>, Dilation: StaticDim<Num: NonZero>> Spread<Dilation> for Size {}

macro_rules! along {
    ($($Slide:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<A, const SIZE: usize, const STRIDE: usize, const PADDING: usize, const DILATION: usize> SlideAlong<A>
            for $Slide<SIZE, STRIDE, PADDING, DILATION>
        where
            A: Dim<Static: Around<A, D<PADDING>, Axis: InWindows<Extent<SIZE, DILATION>, D<STRIDE>>>>,
            D<SIZE>: StaticDim<Num: Extending<Num<DILATION>>>,
            D<DILATION>: StaticDim,
        {
            type Places =
                WindowsOf<<A::Static as Around<A, D<PADDING>>>::Axis, Extent<SIZE, DILATION>, D<STRIDE>>;
            #[inline]
            fn places(_: A) -> Self::Places {
                Default::default()
            }
        }
        // Without `do_not_recommend`: what does not fit is said by `WindowDim`.
        impl<A, const SIZE: usize, const STRIDE: usize, const PADDING: usize, const DILATION: usize> FitAlong<A>
            for $Slide<SIZE, STRIDE, PADDING, DILATION>
        where
            D<SIZE>: StaticDim<Num: Extending<Num<DILATION>>> + Spread<D<DILATION>>,
            D<DILATION>: StaticDim,
            A: WindowDim<Extent<SIZE, DILATION>, D<STRIDE>, D<PADDING>>,
        {
        }
    )*};
}
along! { Filter Pool }

type Num<const N: usize> = <D<N> as StaticDim>::Num;
/// From the first element of a window to behind its last one.
type Extent<const SIZE: usize, const DILATION: usize> = DimOf<<Num<SIZE> as Extending<Num<DILATION>>>::Extent>;

/// A number of elements, so far apart. Of none the extent is 0: nothing is subtracted from less.
#[doc(hidden)]
pub trait Extending<Dilation> {
    type Extent: ToDim;
}
impl<S, T> Extending<T> for S
where
    S: Mul<T, Output: Add<B1, Output: Max<T, Output: Sub<T, Output: ToDim>>>>,
{
    type Extent = Diff<Maximum<Sum<Prod<S, T>, B1>, T>, T>;
}

/// An axis with `Padding` at both ends, asked of whether its size is static; else it is some axis.
#[diagnostic::on_unimplemented(
    message = "an axis of length `{A}` with `{Padding}` places at both ends is no static size",
    label = "the padding is below 10_000 where the compiler counts the places"
)]
#[doc(hidden)]
pub trait Around<A, Padding> {
    type Axis: Dim;
}
impl<A, Padding> Around<A, Padding> for Off {
    type Axis = One;
}
#[diagnostic::do_not_recommend]
impl<A, Padding> Around<A, Padding> for On
where
    Padding: StaticDim<Num: Add<Padding::Num>>,
    A: StaticDim<Num: Add<Sum<Padding::Num, Padding::Num>, Output: ToDim>>,
{
    type Axis = DimOf<Sum<A::Num, Sum<Padding::Num, Padding::Num>>>;
}

/// What slides along `R` axes: one [`Slide`] for all of them, or a tuple with one for each.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not slide along {R} axes",
    label = "expected one filter or window for all axes, or a tuple with one for each of {R}"
)]
pub trait Slides<const R: usize>: Copy + Default + 'static {
    /// The elements of the window along each axis.
    type Sizes: Space;
    /// The numbers along each axis, those of the last axis last; [`Stepping::NONE`] in front of them.
    fn steps() -> [Stepping; 3];
}

/// What slides along the axes of a space. Of axes that it does not fit the places mean nothing.
pub trait SlidesOver<Axes: Space> {
    /// The places along each axis.
    type Places: Space;
    /// The places along each axis.
    fn places(space: Axes) -> Self::Places;
}

/// That what slides along the axes of a space fits each of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit the axes `{Axes}`",
    label = "each window needs length + 2 * padding >= window and stride > 0, all of them static sizes"
)]
pub trait FitOver<Axes> {}

macro_rules! slides {
    ($($R:literal: $($A:ident $K:ident $place:tt),*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<K: Slide> Slides<$R> for K {
            type Sizes = ($(slides!(@ K $A),)*);
            fn steps() -> [Stepping; 3] {
                last([$(slides!(@step K $A)),*])
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($A: Dim,)* K: $(SlideAlong<$A> +)* Slide> SlidesOver<($($A,)*)> for K {
            type Places = ($(<K as SlideAlong<$A>>::Places,)*);
            #[inline]
            fn places(space: ($($A,)*)) -> Self::Places {
                ($(<K as SlideAlong<$A>>::places(space.$place),)*)
            }
        }
        // Without `do_not_recommend`: what does not fit is said by `WindowDim`.
        impl<$($A: Dim,)* K: $(FitAlong<$A> +)* Slide> FitOver<($($A,)*)> for K {}

        #[diagnostic::do_not_recommend]
        impl<$($K: Slide),*> Slides<$R> for ($($K,)*) {
            type Sizes = ($($K::Size,)*);
            fn steps() -> [Stepping; 3] {
                last([$($K::STEP),*])
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($A: Dim, $K: SlideAlong<$A>),*> SlidesOver<($($A,)*)> for ($($K,)*) {
            type Places = ($($K::Places,)*);
            #[inline]
            fn places(space: ($($A,)*)) -> Self::Places {
                ($($K::places(space.$place),)*)
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($A: Dim, $K: FitAlong<$A>),*> FitOver<($($A,)*)> for ($($K,)*) {}
    )*};
    (@ $K:ident $A:ident) => { <$K as Slide>::Size };
    (@step $K:ident $A:ident) => { <$K as Slide>::STEP };
}
slides! {
    1: A K0 0;
    2: A K0 0, B K1 1;
    3: A K0 0, B K1 1, C K2 2;
}

/// The steps of the last axes.
fn last<const N: usize>(steps: [Stepping; N]) -> [Stepping; 3] {
    let mut all = [Stepping::NONE; 3];
    all[3 - N..].copy_from_slice(&steps);
    all
}

/// The filter of a convolution over `R` axes: a [`Filter`], [`Same`], a tuple with one for each axis, and any of these
/// [`Groups`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no filter of a convolution over {R} axes",
    label = "expected `Filter::<3, 1, 1>` (size, stride, padding), `Same::<3>`, or one for each of {R} axes in a tuple"
)]
pub trait Filters<const R: usize>: Copy + Default + 'static {
    /// How it slides.
    type Slides: Slides<R>;
    /// The number of groups.
    type GroupCount: GroupCount;
}

/// The windows of a pooling over `R` axes: a [`Pool`], or a tuple with one for each axis.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no window of a pooling over {R} axes",
    label = "expected `Pool::<3, 2, 1>` (size, stride, padding), or a tuple with one for each of {R} axes"
)]
pub trait Pools<const R: usize>: Copy + Default + 'static {
    /// How it slides.
    type Slides: Slides<R>;
}

macro_rules! filters {
    ($($R:literal: $($K:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<K: FilterSlide> Filters<$R> for K {
            type Slides = K::Own;
            type GroupCount = OneGroup;
        }
        #[diagnostic::do_not_recommend]
        impl<$($K: FilterSlide),*> Filters<$R> for ($($K,)*) {
            type Slides = ($($K::Own,)*);
            type GroupCount = OneGroup;
        }
        #[diagnostic::do_not_recommend]
        impl<K: PoolSlide> Pools<$R> for K {
            type Slides = K::Own;
        }
        #[diagnostic::do_not_recommend]
        impl<$($K: PoolSlide),*> Pools<$R> for ($($K,)*) {
            type Slides = ($($K::Own,)*);
        }
    )*};
}
filters! {
    1: K0;
    2: K0 K1;
    3: K0 K1 K2;
}

#[diagnostic::do_not_recommend]
impl<K: Filters<R, GroupCount = OneGroup>, const R: usize, const GROUPS: usize> Filters<R> for Groups<K, GROUPS>
where
    D<GROUPS>: StaticDim,
{
    type Slides = K::Slides;
    type GroupCount = D<GROUPS>;
}

/// How many groups a convolution has: [`OneGroup`], or `D<G>`.
pub trait GroupCount: 'static {
    /// The number.
    const COUNT: usize;
}

/// One group of all channels, also of channels whose number only the run knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneGroup;

impl GroupCount for OneGroup {
    const COUNT: usize = 1;
}
impl<const GROUPS: usize> GroupCount for D<GROUPS> {
    const COUNT: usize = GROUPS;
}

/// Channels of each of `G` groups: what all of them have together.
pub trait InGroups<G>: Dim {
    /// The channels of all groups.
    type All: Dim;
}
#[diagnostic::do_not_recommend]
impl<C: Dim> InGroups<OneGroup> for C {
    type All = C;
}
#[diagnostic::do_not_recommend]
impl<C: Dim + MulDim<D<GROUPS>>, const GROUPS: usize> InGroups<D<GROUPS>> for C {
    type All = Multiplied<C, D<GROUPS>>;
}

#[diagnostic::do_not_recommend]
impl<C: Dim> InGroups<Never> for C {
    type All = C;
}

/// Channels of all of `G` groups: what each of them has. Of channels that [`Divisible`] refuses to divide it means
/// nothing.
pub trait OfGroups<G>: Dim {
    /// The channels of one group.
    type Each: Dim;
}
#[diagnostic::do_not_recommend]
impl<C: Dim> OfGroups<OneGroup> for C {
    type Each = C;
}
#[diagnostic::do_not_recommend]
impl<C: Dim + InParts<D<GROUPS>>, const GROUPS: usize> OfGroups<D<GROUPS>> for C {
    type Each = PartOf<C, D<GROUPS>>;
}

/// Channels that make up `G` groups, all of one size.
#[diagnostic::on_unimplemented(
    message = "`{Self}` channels do not make {G} groups",
    label = "the groups of a convolution divide its inputs and its outputs, static sizes, exactly"
)]
pub trait Divisible<G> {}
#[diagnostic::do_not_recommend]
impl<C: Dim> Divisible<OneGroup> for C {}
#[diagnostic::do_not_recommend]
impl<C: DivDim<D<GROUPS>>, const GROUPS: usize> Divisible<D<GROUPS>> for C {}
#[diagnostic::do_not_recommend]
impl<C: Dim> Divisible<Never> for C {}

#[cfg(test)]
mod tests {
    use super::{Filter, Filters, FitOver, Groups, Pool, Same, Slides, SlidesOver};
    use congruent_dims::{D, dims};

    dims! { Rows = ? }

    fn places<K: SlidesOver<S> + FitOver<S>, S: super::Space>(_: K, space: S) -> K::Places {
        K::places(space)
    }

    #[test]
    fn places_are_those_of_the_formula() {
        assert_eq!(places(Filter::<7, 2, 3>, (D::<224>, D::<56>)), (D::<112>, D::<28>));
        assert_eq!(places(Filter::<3, 1, 0, 2>, (D::<8>,)), (D::<4>,));
        assert_eq!(places(Pool::<2>, (D::<6>, D::<7>, D::<8>)), (D::<3>, D::<3>, D::<4>));
        assert_eq!(places((Pool::<3, 2, 1>, Pool::<2, 1>), (D::<7>, D::<9>)), (D::<4>, D::<8>));
        assert_eq!(places(Same::<3>, (Rows(5), D::<9>)), (Rows(5), D::<9>));
    }

    #[test]
    fn steps_are_those_of_the_last_axes() {
        let steps = <(Filter<3, 2>, Filter<5, 1, 2>) as Slides<2>>::steps();
        assert_eq!(steps.map(|step| (step.size, step.stride, step.before)), [(1, 1, 0), (3, 2, 0), (5, 1, 2)]);
        let _: <Groups<Filter<3>, 4> as Filters<1>>::GroupCount = D::<4>;
    }
}
