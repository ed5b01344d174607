//! Arithmetic on static dims, done by the compiler: the laws behind concat, flatten, split and windows.
//!
//! Apart from `canonical.rs` because these are laws that a user can break, so each has words of its own. A law takes
//! dims to typenum, calculates there, and takes the result back to its one spelling.

use crate::canonical::{DimOf, ToDim};
use crate::dim::StaticDim;
use std::ops::{Add, Div, Mul, Sub};
use typenum::{B1, Diff, Prod, Quot, Sum, UInt};

/// The sum of two static dims: the length of two axes laid end to end.
///
/// ```
/// use congruent_dims::{Added, D, Dim};
/// assert_eq!(<Added<D<700>, D<84>>>::name(), "D<784>");
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot add dimensions `{Self}` and `{Rhs}` at compile time",
    label = "the sum of `{Self}` and `{Rhs}` must be a static size",
    note = "the size of a dimension `Name = ?` is known at run time only: `concat_as` and `pad_as` give the sum a name"
)]
pub trait AddDim<Rhs> {
    /// The sum.
    type Out: StaticDim;
}

/// The sum of two static dims.
pub type Added<A, B> = <A as AddDim<B>>::Out;

/// (A) + (B) = (A + B)
#[diagnostic::do_not_recommend]
impl<A: StaticDim, B: StaticDim> AddDim<B> for A
where
    A::Num: Add<B::Num, Output: ToDim>,
{
    type Out = DimOf<Sum<A::Num, B::Num>>;
}

/// The difference of two static dims: what is left of an axis.
///
/// ```
/// use congruent_dims::{D, Dim, Subtracted};
/// assert_eq!(<Subtracted<D<784>, D<84>>>::name(), "D<700>");
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot subtract dimension `{Rhs}` from `{Self}` at compile time",
    label = "`{Self}` must be a static size of at least `{Rhs}`",
    note = "the size of a dimension `Name = ?` is known at run time only"
)]
pub trait SubDim<Rhs> {
    /// The difference.
    type Out: StaticDim;
}

/// The difference of two static dims.
pub type Subtracted<A, B> = <A as SubDim<B>>::Out;

/// (A) - (B) = (A - B), where A ≥ B
#[diagnostic::do_not_recommend]
impl<A: StaticDim, B: StaticDim> SubDim<B> for A
where
    A::Num: Sub<B::Num, Output: ToDim>,
{
    type Out = DimOf<Diff<A::Num, B::Num>>;
}

/// The product of two static dims: the length of two axes made one.
///
/// ```
/// use congruent_dims::{D, Dim, Multiplied};
/// assert_eq!(<Multiplied<D<512>, D<49>>>::name(), "Dk<25, 88>");
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot multiply dimensions `{Self}` and `{Rhs}` at compile time",
    label = "the product of `{Self}` and `{Rhs}` must be a static size",
    note = "the size of a dimension `Name = ?` is known at run time only: `flatten_as` and `tile_as` give it a name"
)]
pub trait MulDim<Rhs> {
    /// The product.
    type Out: StaticDim;
}

/// The product of two static dims.
pub type Multiplied<A, B> = <A as MulDim<B>>::Out;

/// (A) · (B) = (A · B)
#[diagnostic::do_not_recommend]
impl<A: StaticDim, B: StaticDim> MulDim<B> for A
where
    A::Num: Mul<B::Num, Output: ToDim>,
{
    type Out = DimOf<Prod<A::Num, B::Num>>;
}

/// The exact quotient of two static dims: the length of each part of an axis cut into equal parts.
///
/// ```
/// use congruent_dims::{D, Dim, Divided};
/// assert_eq!(<Divided<D<768>, D<12>>>::name(), "D<64>");
/// ```
#[diagnostic::on_unimplemented(
    message = "dimension `{Self}` is not divisible by `{Rhs}`",
    label = "`{Rhs}` must divide `{Self}` exactly",
    note = "where only the run knows the size, `x.split::<0, _>(Part(n))` cuts parts of a size that the run names"
)]
pub trait DivDim<Rhs> {
    /// The quotient.
    type Out: StaticDim;
}

/// The exact quotient of two static dims.
pub type Divided<A, B> = <A as DivDim<B>>::Out;

/// (A) / (B) = (A / B), where B > 0 and A = (A / B) · B
#[diagnostic::do_not_recommend]
impl<A: StaticDim, B: StaticDim> DivDim<B> for A
where
    B::Num: Divides<A::Num>,
{
    type Out = DimOf<<B::Num as Divides<A::Num>>::Quotient>;
}

/// A number that divides `N` exactly.
///
/// The divisor is `Self`, because it may still be an inference variable: `?D: Divides<N>` is put off at once, while for
/// `N: Div<?D>` rustc explores typenum's long division, half a second a call. And exactness is a product, because a
/// typenum `PartialDiv` that fails overflows the recursion limit, which would drown the message.
pub trait Divides<N> {
    /// `N / self`
    type Quotient: ToDim;
}

#[diagnostic::do_not_recommend]
impl<N, U, B> Divides<N> for UInt<U, B>
where
    N: Div<UInt<U, B>, Output: ToDim + Mul<UInt<U, B>, Output: SameNumber<N>>>,
{
    type Quotient = Quot<N, UInt<U, B>>;
}

/// A number and itself. A bound `Output = N` in its place would be reported in typenum's words.
pub trait SameNumber<N> {}

#[diagnostic::do_not_recommend]
impl<N> SameNumber<N> for N {}

/// The number of places where a window fits: `(length + 2 · padding - window) / stride + 1`, rounded down.
///
/// `Self` is the length of the axis.
///
/// ```
/// use congruent_dims::{D, Dim, Windowed};
/// assert_eq!(<Windowed<D<224>, D<7>, D<2>, D<3>>>::name(), "D<112>");
/// ```
#[diagnostic::on_unimplemented(
    message = "window `{Window}` (stride `{Stride}`, padding `{Padding}`) does not fit an axis of length `{Self}`",
    label = "needs length + 2 * padding >= window and stride > 0, all of them static sizes",
    note = "where only the run knows the size, name what comes out: `unfold_as`, `max_pool2d_as`, \
            `conv2d_as(&w, filter, Down, Across)`; a convolution layer keeps it: `Conv2d<I, O, Same<3>>`"
)]
pub trait WindowDim<Window, Stride, Padding> {
    /// The number of places.
    type Out: StaticDim;
}

/// The number of places where a window fits on an axis of this length.
pub type Windowed<Length, Window, Stride, Padding> = <Length as WindowDim<Window, Stride, Padding>>::Out;

/// windows(L, W, S, P) = (L + 2P - W) / S + 1
#[diagnostic::do_not_recommend]
impl<L: StaticDim, W: StaticDim, S: StaticDim, P: StaticDim> WindowDim<W, S, P> for L
where
    S::Num: Strides<L::Num, W::Num, P::Num>,
{
    type Out = DimOf<<S::Num as Strides<L::Num, W::Num, P::Num>>::Places>;
}

/// A stride, with the window that it moves. The stride is `Self` for the reason told at [`Divides`].
pub trait Strides<Length, Window, Padding> {
    /// `(length + 2 · padding - window) / self + 1`
    type Places: ToDim;
}

type Padded<L, P> = Sum<L, Sum<P, P>>;
type Room<L, W, P> = Diff<Padded<L, P>, W>;
type Places<L, W, S, P> = Sum<Quot<Room<L, W, P>, S>, B1>;

#[diagnostic::do_not_recommend]
impl<U, B, L, W, P> Strides<L, W, P> for UInt<U, B>
where
    P: Add<P>,
    L: Add<Sum<P, P>>,
    Padded<L, P>: Sub<W>,
    Room<L, W, P>: Div<UInt<U, B>, Output: Add<B1, Output: ToDim>>,
{
    type Places = Places<L, W, UInt<U, B>, P>;
}

#[cfg(test)]
mod tests {
    use crate::holds::holds;
    use crate::{
        AddDim, Added, D, DivDim, Divided, Dk, MulDim, Multiplied, SubDim, Subtracted, WindowDim, Windowed, d,
    };

    /// For each pair, each law must give the very type that `d!` writes for the result on `usize`.
    macro_rules! agrees_with_usize {
        ($(($a:literal, $b:literal))*) => {$(
            let _: d!($a + $b) = <Added<d!($a), d!($b)>>::default();
            let _: d!($b + $a) = <Added<d!($b), d!($a)>>::default();
            let _: d!($a * $b) = <Multiplied<d!($a), d!($b)>>::default();
            let _: d!($b * $a) = <Multiplied<d!($b), d!($a)>>::default();
            let _: d!($a) = <Subtracted<d!($a + $b), d!($b)>>::default();
            let _: d!($a) = <Divided<d!($a * ($b + 1)), d!($b + 1)>>::default();
        )*};
    }

    #[test]
    fn arithmetic_agrees_with_usize() {
        agrees_with_usize! {
            (0, 0) (0, 1) (1, 1) (9_999, 1) (999_999, 1) (1_000_000, 9_998) (6, 3) (7, 766) (16, 19)
            (78, 2_542) (474, 696) (159, 9) (4_517, 1_614) (2_408, 65) (7_851, 19_156)
            (41_544, 21_889) (82_226, 7_955) (161_981, 946) (692_921, 3_028) (4_745_328, 90)
            (2_037_872, 690) (88_590_039, 7)
        }
    }

    /// For each length, window, stride and padding, the law must give what the formula gives on `usize`.
    macro_rules! windows_agree_with_usize {
        ($(($length:literal, $window:literal, $stride:literal, $padding:literal))*) => {$(
            let _: d!(($length + 2 * $padding - $window) / $stride + 1) =
                <Windowed<d!($length), d!($window), d!($stride), d!($padding)>>::default();
        )*};
    }

    #[test]
    fn windows_agree_with_usize() {
        windows_agree_with_usize! {
            (224, 7, 2, 3) (5, 5, 1, 0) (5, 3, 1, 1) (28, 2, 2, 0) (7, 7, 3, 0)
            (16_000, 400, 160, 200) (906, 3, 3, 0) (1_717, 10, 2, 2) (1_264, 36, 3, 4)
            (2_383, 37, 4, 0) (400, 36, 2, 2) (245, 40, 4, 4) (2_787, 35, 7, 3) (1_908, 38, 8, 2)
        }
    }

    crate::dims! { Batch = ? }

    #[test]
    fn inexact_division_is_refused() {
        assert!(holds!(D<768>: DivDim<D<12>>) && holds!(D<0>: DivDim<D<3>>));
        assert!(!holds!(D<768>: DivDim<D<7>>) && !holds!(D<3>: DivDim<D<0>>));
        assert!(!holds!(Batch: DivDim<D<1>>) && !holds!(D<8>: DivDim<Batch>));
    }

    #[test]
    fn negative_differences_are_refused() {
        assert!(holds!(D<7>: SubDim<D<7>>) && !holds!(D<7>: SubDim<D<8>>));
    }

    #[test]
    fn sizes_beyond_the_largest_are_refused() {
        assert!(holds!(d!(9_999_999_998): AddDim<D<1>>) && !holds!(d!(9_999_999_999): AddDim<D<1>>));
        assert!(!holds!(d!(1_000_000): MulDim<Dk<10, 0>>));
    }

    #[test]
    fn run_time_sizes_have_no_static_result() {
        assert!(!holds!(Batch: AddDim<D<8>>) && !holds!(D<8>: MulDim<Batch>) && !holds!(Batch: SubDim<Batch>));
    }

    #[test]
    fn windows_must_fit_and_move() {
        assert!(holds!(D<5>: WindowDim<D<7>, D<2>, D<1>>) && !holds!(D<5>: WindowDim<D<7>, D<2>, D<0>>));
        assert!(!holds!(D<5>: WindowDim<D<3>, D<0>, D<0>>) && !holds!(Batch: WindowDim<D<3>, D<1>, D<0>>));
    }
}
