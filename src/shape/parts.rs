//! The sizes of equal parts of an axis, and the number of windows on it.
//!
//! Apart from the laws `DivDim` and `WindowDim`, which say whether an axis has such parts: here the numbers are
//! computed even where it has none. A result type that fails to exist would be reported in typenum's words, before the
//! law is asked.

use congruent_dims::{Dim, DimOf, Off, On, One, StaticDim, ToDim};
use std::ops::{Add, Div, Sub};
use typenum::{B1, Diff, Max, Maximum, Quot, Sum, U1, UInt, UTerm};

/// The length of each of `N` equal parts of an axis. Of an axis that [`DivDim`](congruent_dims::DivDim) refuses to cut
/// it means nothing.
///
/// ```
/// use congruent::{D, shape::PartOf};
/// let third: PartOf<D<12>, D<3>> = D::<4>;
/// ```
pub trait InParts<N>: Dim {
    /// The length.
    type Part: StaticDim;
}

/// The length of each of `N` equal parts of `A`.
pub type PartOf<A, N> = <A as InParts<N>>::Part;

/// How many windows of `Size` elements an axis has, each `Step` after the one before. Of an axis that
/// [`WindowDim`](congruent_dims::WindowDim) finds too short it means nothing.
///
/// ```
/// use congruent::{D, shape::WindowsOf};
/// let windows: WindowsOf<D<7>, D<3>, D<2>> = D::<3>;
/// ```
pub trait InWindows<Size, Step>: Dim {
    /// The number of windows.
    type Windows: StaticDim;
}

/// The number of windows of `Size` elements on `A`, each `Step` after the one before.
pub type WindowsOf<A, Size, Step> = <A as InWindows<Size, Step>>::Windows;

/// `(A) / N`, rounded down
#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Parts<A, N>>, N> InParts<N> for A {
    type Part = <A::Static as Parts<A, N>>::Part;
}

/// `(A - Size) / Step + 1`, rounded down
#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Windowing<A, Size, Step>>, Size, Step> InWindows<Size, Step> for A {
    type Windows = <A::Static as Windowing<A, Size, Step>>::Windows;
}

/// [`InParts`], asked of whether the size is static.
#[doc(hidden)]
pub trait Parts<A, N> {
    type Part: StaticDim;
}
impl<A, N> Parts<A, N> for Off {
    type Part = One;
}
#[diagnostic::do_not_recommend]
impl<A: StaticDim, N: StaticDim<Num: Shares<A::Num>>> Parts<A, N> for On {
    type Part = DimOf<<N::Num as Shares<A::Num>>::Share>;
}

/// [`InWindows`], asked of whether the size is static.
#[diagnostic::on_unimplemented(
    message = "windows of `{Size}`, each `{Step}` after the one before, are not counted on an axis of length `{A}`",
    label = "a stride is below 10_000 where the compiler counts the places"
)]
#[doc(hidden)]
pub trait Windowing<A, Size, Step> {
    type Windows: StaticDim;
}
impl<A, Size, Step> Windowing<A, Size, Step> for Off {
    type Windows = One;
}
#[diagnostic::do_not_recommend]
impl<A: StaticDim, Size: StaticDim, Step: StaticDim<Num: Steps<A::Num, Size::Num>>> Windowing<A, Size, Step> for On {
    type Windows = DimOf<<Step::Num as Steps<A::Num, Size::Num>>::Places>;
}

/// A number that divides any other, 0 included. It is `Self`, or rustc would explore typenum's long division.
#[doc(hidden)]
pub trait Shares<Length> {
    type Share: ToDim;
}
impl<Length> Shares<Length> for UTerm {
    type Share = U1;
}
impl<Length: Div<UInt<U, B>, Output: ToDim>, U, B> Shares<Length> for UInt<U, B> {
    type Share = Quot<Length, UInt<U, B>>;
}

/// A step, 0 included, with the window that it moves.
#[doc(hidden)]
pub trait Steps<Length, Size> {
    type Places: ToDim;
}
impl<Length, Size> Steps<Length, Size> for UTerm {
    type Places = U1;
}
/// The room for the first element of a window, 0 where the window is longer than the axis.
type Room<Length, Size> = Diff<Maximum<Length, Size>, Size>;
impl<Length, Size, U, B> Steps<Length, Size> for UInt<U, B>
where
    Length: Max<Size, Output: Sub<Size>>,
    Room<Length, Size>: Div<UInt<U, B>, Output: Add<B1, Output: ToDim>>,
{
    type Places = Sum<Quot<Room<Length, Size>, UInt<U, B>>, B1>;
}

#[cfg(test)]
mod tests {
    use super::{PartOf, WindowsOf};
    use congruent_dims::{D, Dim, dims};

    dims! { Batch = ?, Width = 768 }

    #[test]
    fn parts_are_quotients() {
        let (a, b, c): (PartOf<Width, D<12>>, PartOf<D<0>, D<3>>, PartOf<D<7>, D<2>>) = Default::default();
        assert_eq!((a.size(), b.size(), c.size()), (64, 0, 3));
    }

    #[test]
    fn windows_are_counted() {
        let (a, b, c): (WindowsOf<D<7>, D<3>, D<2>>, WindowsOf<D<7>, D<7>, D<1>>, WindowsOf<Width, D<5>, D<4>>) =
            Default::default();
        assert_eq!((a.size(), b.size(), c.size()), (3, 1, 191));
    }

    #[test]
    fn what_the_laws_refuse_is_some_number() {
        let (a, b): (PartOf<Batch, D<2>>, PartOf<D<7>, D<0>>) = Default::default();
        let (c, d): (WindowsOf<D<3>, D<5>, D<1>>, WindowsOf<D<3>, D<2>, D<0>>) = Default::default();
        assert_eq!((a.size(), b.size(), c.size(), d.size()), (1, 1, 1, 1));
    }
}
