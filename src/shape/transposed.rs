//! Filters of transposed convolutions: what a program writes, and how many places they give.
//!
//! Apart from `filters` and `windows`, whose windows find room on an axis: these spread each of its elements, so that
//! the axis grows.

use super::filters::{Groups, Slide, Stepping};
use super::windows::{FitAlong, GroupCount, OneGroup, SlideAlong, Slides};
use congruent_dims::{D, Dim, DimOf, Off, On, One, StaticDim, ToDim};
use std::ops::{Add, Mul, Sub};
use typenum::{B1, Diff, IsGreater, IsLess, Max, Maximum, NonZero, Prod, Sum};

/// The filter of a transposed convolution: `SIZE` elements along each axis, which each element of the axis is spread
/// over, the next one `STRIDE` further on. `PADDING` places are cut off at both ends, `OUTPUT_PADDING` are added behind
/// the last one, and the filter's elements are `DILATION` apart. The numbers stand in PyTorch's order:
/// `nn.ConvTranspose2d(i, o, 3, 2, 1, 1)` has a `TransposedFilter<3, 2, 1, 1>`. Where axes differ it is a tuple; in
/// groups it is a [`Groups<TransposedFilter<..>, G>`](Groups).
///
/// An axis of length `L` gives `(L - 1) · STRIDE - 2 · PADDING + DILATION · (SIZE - 1) + OUTPUT_PADDING + 1` places.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([[[1.0, 2.0]]]);
/// let y = x.conv_transpose1d(&Cpu.tensor([[[1.0, 10.0, 100.0]]]), TransposedFilter::<3, 2>).eval();
/// assert_eq!(y, Cpu.tensor([[[1.0, 10.0, 102.0, 20.0, 200.0]]]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransposedFilter<
    const SIZE: usize,
    const STRIDE: usize = 1,
    const PADDING: usize = 0,
    const OUTPUT_PADDING: usize = 0,
    const DILATION: usize = 1,
>;

/// The filter of a transposed convolution along one axis: a [`Slide`] that is none of another operation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no filter of a transposed convolution",
    label = "expected `TransposedFilter::<3, 2, 1>` (size, stride, padding, output padding, dilation)"
)]
pub trait TransposedSlide: Slide {
    /// The filter itself: of what is none the compiler has no more to ask.
    type Own: Slide;
    /// Places behind the last one.
    const EXTRA: usize;
}

/// The filter of a transposed convolution over `R` axes: a [`TransposedFilter`], a tuple with one for each axis, and
/// either of these in [`Groups`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no filter of a transposed convolution over {R} axes",
    label = "expected `TransposedFilter::<3, 2, 1>` (size, stride, padding, output padding, dilation)",
    note = "where axes differ it is a tuple, one filter for each of {R} axes"
)]
pub trait TransposedFilters<const R: usize>: Copy + Default + 'static {
    /// How it slides over what comes out.
    type Slides: Slides<R>;
    /// The number of groups.
    type GroupCount: GroupCount;
    /// Places behind the last one along each axis, those of the last axis last.
    fn extra() -> [usize; 3];
}

impl<const SIZE: usize, const STRIDE: usize, const PADDING: usize, const EXTRA: usize, const DILATION: usize> Slide
    for TransposedFilter<SIZE, STRIDE, PADDING, EXTRA, DILATION>
where
    D<SIZE>: StaticDim,
{
    type Size = D<SIZE>;
    const STEP: Stepping = Stepping { size: SIZE, stride: STRIDE, dilation: DILATION, before: PADDING, after: PADDING };
}

#[diagnostic::do_not_recommend]
impl<const SIZE: usize, const STRIDE: usize, const PADDING: usize, const EXTRA: usize, const DILATION: usize>
    TransposedSlide for TransposedFilter<SIZE, STRIDE, PADDING, EXTRA, DILATION>
where
    D<SIZE>: StaticDim,
{
    type Own = Self;
    const EXTRA: usize = EXTRA;
}

macro_rules! filters {
    ($($R:literal: $($K:ident)*, $($own:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<K: TransposedSlide> TransposedFilters<$R> for K {
            type Slides = K::Own;
            type GroupCount = OneGroup;
            fn extra() -> [usize; 3] {
                last([$($own::EXTRA),*])
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($K: TransposedSlide),*> TransposedFilters<$R> for ($($K,)*) {
            type Slides = ($($K::Own,)*);
            type GroupCount = OneGroup;
            fn extra() -> [usize; 3] {
                last([$($K::EXTRA),*])
            }
        }
    )*};
}
filters! {
    1: K0, K;
    2: K0 K1, K K;
    3: K0 K1 K2, K K K;
}

/// Numbers of the last axes.
fn last<const N: usize>(numbers: [usize; N]) -> [usize; 3] {
    let mut all = [0; 3];
    all[3 - N..].copy_from_slice(&numbers);
    all
}

#[diagnostic::do_not_recommend]
impl<K: TransposedFilters<R, GroupCount = OneGroup>, const R: usize, const GROUPS: usize> TransposedFilters<R>
    for Groups<K, GROUPS>
where
    D<GROUPS>: StaticDim,
{
    type Slides = K::Slides;
    type GroupCount = D<GROUPS>;
    fn extra() -> [usize; 3] {
        K::extra()
    }
}

/// The number of places on an axis of this length; none where nothing is left, where the axis or the filter has no
/// elements, all of them fall together, `extra` is more than a step, or a number leaves `usize`.
pub(crate) fn spread(len: usize, step: Stepping, extra: usize) -> Option<usize> {
    let reach = step.size.checked_sub(1)?.checked_mul(step.dilation)?.checked_add(1)?;
    let all = len.checked_sub(1)?.checked_mul(step.stride)?.checked_add(reach)?.checked_add(extra)?;
    let places = all.checked_sub(step.before)?.checked_sub(step.after)?;
    let moves = step.stride > 0 && step.dilation > 0 && extra < step.stride.max(step.dilation);
    (moves && places > 0).then_some(places)
}

/// The number of places that a filter spreads an axis to. Of an axis that [`TransposedDim`] refuses it means nothing.
#[doc(hidden)]
pub trait Spreading<A, Size, Stride, Padding, Extra, Dilation> {
    type Places: StaticDim;
}
impl<A, Size, Stride, Padding, Extra, Dilation> Spreading<A, Size, Stride, Padding, Extra, Dilation> for Off {
    type Places = One;
}
/// All places, before any is cut off, and `Dilation` more.
type Full<A, Size, Stride, Extra, Dilation> = Sum<Prod<A, Stride>, Sum<Prod<Size, Dilation>, Sum<Extra, B1>>>;
/// What is cut off of these, at least.
type Cut<Stride, Padding, Dilation> = Sum<Dilation, Sum<Stride, Sum<Padding, Padding>>>;

#[diagnostic::do_not_recommend]
impl<A, Size, Stride, Padding, Extra, Dilation> Spreading<A, Size, Stride, Padding, Extra, Dilation> for On
where
    A: StaticDim<Num: Mul<Stride>>,
    Size: Mul<Dilation>,
    Extra: Add<B1>,
    Prod<Size, Dilation>: Add<Sum<Extra, B1>>,
    Prod<A::Num, Stride>: Add<Sum<Prod<Size, Dilation>, Sum<Extra, B1>>>,
    Padding: Add<Padding>,
    Stride: Add<Sum<Padding, Padding>>,
    Dilation: Add<Sum<Stride, Sum<Padding, Padding>>>,
    Full<A::Num, Size, Stride, Extra, Dilation>: Max<Cut<Stride, Padding, Dilation>>,
    Maximum<Full<A::Num, Size, Stride, Extra, Dilation>, Cut<Stride, Padding, Dilation>>:
        Sub<Cut<Stride, Padding, Dilation>, Output: ToDim>,
{
    type Places = DimOf<
        Diff<
            Maximum<Full<A::Num, Size, Stride, Extra, Dilation>, Cut<Stride, Padding, Dilation>>,
            Cut<Stride, Padding, Dilation>,
        >,
    >;
}

/// An axis that the filter of a transposed convolution spreads: none of its numbers is 0 where nothing would come out.
#[diagnostic::on_unimplemented(
    message = "a transposed filter of `{Size}` (stride `{Stride}`, padding `{Padding}`, output padding `{Extra}`, \
               dilation `{Dilation}`) gives no places on an axis of length `{Self}`",
    label = "needs (length - 1) * stride + dilation * (size - 1) + output padding >= 2 * padding, static sizes, none 0",
    note = "output padding is less than the stride or the dilation; \
            where only the run knows the size, name what comes out: `conv_transpose2d_as(&w, filter, Down, Across)`"
)]
pub trait TransposedDim<Size, Stride, Padding, Extra, Dilation> {}

#[diagnostic::do_not_recommend]
impl<A, Size, Stride, Padding, Extra, Dilation> TransposedDim<Size, Stride, Padding, Extra, Dilation> for A
where
    A: StaticDim<Num: NonZero + Mul<Stride::Num>>,
    Size: StaticDim<Num: NonZero + Mul<Dilation::Num>>,
    Stride: StaticDim<Num: NonZero + Max<Dilation::Num> + Add<Sum<Padding::Num, Padding::Num>>>,
    Padding: StaticDim<Num: Add<Padding::Num>>,
    Extra: StaticDim<Num: Add<B1> + IsLess<Maximum<Stride::Num, Dilation::Num>, Output = B1>>,
    Dilation: StaticDim<Num: NonZero + Add<Sum<Stride::Num, Sum<Padding::Num, Padding::Num>>>>,
    Prod<Size::Num, Dilation::Num>: Add<Sum<Extra::Num, B1>>,
    Prod<A::Num, Stride::Num>: Add<Sum<Prod<Size::Num, Dilation::Num>, Sum<Extra::Num, B1>>>,
    Full<A::Num, Size::Num, Stride::Num, Extra::Num, Dilation::Num>:
        IsGreater<Cut<Stride::Num, Padding::Num, Dilation::Num>, Output = B1>,
{
}

#[diagnostic::do_not_recommend]
impl<A, const SIZE: usize, const STRIDE: usize, const PADDING: usize, const EXTRA: usize, const DILATION: usize>
    SlideAlong<A> for TransposedFilter<SIZE, STRIDE, PADDING, EXTRA, DILATION>
where
    D<SIZE>: StaticDim,
    D<STRIDE>: StaticDim,
    D<PADDING>: StaticDim,
    D<EXTRA>: StaticDim,
    D<DILATION>: StaticDim,
    A: Dim<Static: Spreading<A, Num<SIZE>, Num<STRIDE>, Num<PADDING>, Num<EXTRA>, Num<DILATION>>>,
{
    type Places = <A::Static as Spreading<A, Num<SIZE>, Num<STRIDE>, Num<PADDING>, Num<EXTRA>, Num<DILATION>>>::Places;
    #[inline]
    fn places(_: A) -> Self::Places {
        Default::default()
    }
}
// Without `do_not_recommend`: what gives no places is said by `TransposedDim`.
impl<A, const SIZE: usize, const STRIDE: usize, const PADDING: usize, const EXTRA: usize, const DILATION: usize>
    FitAlong<A> for TransposedFilter<SIZE, STRIDE, PADDING, EXTRA, DILATION>
where
    D<SIZE>: StaticDim,
    A: TransposedDim<D<SIZE>, D<STRIDE>, D<PADDING>, D<EXTRA>, D<DILATION>>,
{
}

type Num<const N: usize> = <D<N> as StaticDim>::Num;

#[cfg(test)]
mod tests {
    use super::{TransposedFilter, TransposedFilters, spread};
    use crate::shape::{FitOver, Slide, SlidesOver, Space};
    use congruent_dims::{D, Dim};

    fn places<K: SlidesOver<S> + FitOver<S>, S: Space>(_: K, space: S) -> K::Places {
        K::places(space)
    }

    #[test]
    fn places_are_those_of_the_formula() {
        assert_eq!(places(TransposedFilter::<3>, (D::<4>,)), (D::<6>,));
        assert_eq!(places(TransposedFilter::<3, 2, 1, 1>, (D::<4>, D::<7>)), (D::<8>, D::<14>));
        assert_eq!(places(TransposedFilter::<3, 2, 1, 0, 4>, (D::<2>, D::<1>, D::<3>)), (D::<9>, D::<7>, D::<11>));
        let mixed = (TransposedFilter::<2, 2>, TransposedFilter::<5, 1, 2, 0>);
        assert_eq!(places(mixed, (D::<5>, D::<9>)), (D::<10>, D::<9>));
        assert_eq!(<(TransposedFilter<2, 2, 0, 1>, TransposedFilter<2>) as TransposedFilters<2>>::extra(), [0, 1, 0]);
    }

    /// What types count the run counts, too.
    #[test]
    fn the_run_counts_the_same() {
        macro_rules! same {
            ($($len:literal $Filter:ty;)*) => {$({
                let found = spread($len, <$Filter as Slide>::STEP, <$Filter as TransposedFilters<1>>::extra()[2]);
                assert_eq!(found, Some(places(<$Filter>::default(), (D::<$len>,)).0.size()));
            })*};
        }
        same! {
            1 TransposedFilter<1>; 1 TransposedFilter<3, 1, 1>; 9 TransposedFilter<3, 2, 1, 1>;
            5 TransposedFilter<4, 3, 2, 2>; 6 TransposedFilter<2, 1, 0, 2, 3>; 28 TransposedFilter<7, 4, 3, 3>;
        }
    }

    #[test]
    fn numbers_without_places() {
        const MAX: usize = usize::MAX;
        let of = |len, step: crate::shape::Stepping, extra| spread(len, step, extra);
        let one = TransposedFilter::<3, 2, 1>::STEP;
        assert_eq!((of(0, one, 0), of(4, one, 2), of(1, one, 0)), (None, None, Some(1)));
        assert_eq!(of(1, TransposedFilter::<2, 1, 1>::STEP, 0), None);
        assert_eq!(of(3, TransposedFilter::<0>::STEP, 0), None);
        assert_eq!(of(3, TransposedFilter::<2, 0>::STEP, 0), None);
        assert_eq!(of(3, TransposedFilter::<2, 1, 0, 0, 0>::STEP, 0), None);
        assert_eq!(of(3, TransposedFilter::<2, MAX>::STEP, 0), None);
        assert_eq!(of(3, TransposedFilter::<3, 1, 0, 0, MAX>::STEP, 0), None);
        assert_eq!(of(3, TransposedFilter::<3, 1, MAX>::STEP, 0), None);
        assert_eq!(of(2, one, MAX), None);
    }
}
