//! Patches of pictures as columns: how many elements each has, how many there are, and what becomes of the channels.
//!
//! Apart from `windows`, which counts places axis by axis: here the axes of space are one.

use super::Shape;
use super::pictures::Space;
use congruent_dims::{Dim, DivDim, MulDim, Multiplied, Off, On, One, StaticDim};

/// Axes of space as one axis: the product of their sizes. Of several axes that are not all static it means nothing.
///
/// ```
/// use congruent::{D, shape::Volume};
/// assert_eq!((D::<3>, D::<5>).volume(), D::<15>);
/// ```
pub trait Volume: Space {
    /// The product.
    type Size: Dim;
    /// The product.
    fn volume(self) -> Self::Size;
}

/// The product of the axes of space `S`.
pub type VolumeOf<S> = <S as Volume>::Size;

/// Axes of space whose product the compiler knows: one axis, or static ones.
#[diagnostic::on_unimplemented(
    message = "the places `{Self}` do not make one axis of a static size",
    label = "each patch is a column: their number is the product of `{Self}`",
    note = "where only the run knows the sizes, name the number of patches: `x.unfold2d_as(filter, Patches)`"
)]
pub trait KnownVolume: Volume {}

/// `(A)`
#[diagnostic::do_not_recommend]
impl<A: Dim> Volume for (A,) {
    type Size = A;
    #[inline]
    fn volume(self) -> A {
        self.0
    }
}
/// `(A · B)`
#[diagnostic::do_not_recommend]
impl<A: ProductWith<B>, B: Dim> Volume for (A, B) {
    type Size = A::Product;
    #[inline]
    fn volume(self) -> Self::Size {
        Default::default()
    }
}
/// `(A · B · C)`
#[diagnostic::do_not_recommend]
impl<A: ProductWith<B, Product: ProductWith<C>>, B: Dim, C: Dim> Volume for (A, B, C) {
    type Size = <A::Product as ProductWith<C>>::Product;
    #[inline]
    fn volume(self) -> Self::Size {
        Default::default()
    }
}

#[diagnostic::do_not_recommend]
impl<A: Dim> KnownVolume for (A,) {}
#[diagnostic::do_not_recommend]
impl<A: MulDim<B> + ProductWith<B>, B: Dim> KnownVolume for (A, B) {}
#[diagnostic::do_not_recommend]
impl<A, B: Dim, C: Dim> KnownVolume for (A, B, C) where
    A: MulDim<B, Out: MulDim<C>> + ProductWith<B, Product: ProductWith<C>>
{
}

/// The product of two sizes, also where it means nothing because one is not static.
#[doc(hidden)]
pub trait ProductWith<B>: Dim {
    type Product: StaticDim;
}
#[diagnostic::do_not_recommend]
impl<A: Dim<Static: ProductOfLeft<A, B>>, B> ProductWith<B> for A {
    type Product = <A::Static as ProductOfLeft<A, B>>::Product;
}

/// [`ProductWith`], asked of whether the left size is static.
#[doc(hidden)]
pub trait ProductOfLeft<A, B> {
    type Product: StaticDim;
}
impl<A, B> ProductOfLeft<A, B> for Off {
    type Product = One;
}
#[diagnostic::do_not_recommend]
impl<A, B: Dim<Static: ProductOfBoth<A, B>>> ProductOfLeft<A, B> for On {
    type Product = <B::Static as ProductOfBoth<A, B>>::Product;
}

/// The same, asked of whether the right size is static, too.
#[doc(hidden)]
pub trait ProductOfBoth<A, B> {
    type Product: StaticDim;
}
impl<A, B> ProductOfBoth<A, B> for Off {
    type Product = One;
}
#[diagnostic::do_not_recommend]
impl<A: MulDim<B>, B> ProductOfBoth<A, B> for On {
    type Product = Multiplied<A, B>;
}

/// Pictures as patches: `(N, C · elements of the filter, patches)`.
#[diagnostic::on_unimplemented(
    message = "fold: `{Self}` are no patches of pictures",
    label = "expected (batch, channels * elements of the filter, patches), as `unfold2d` gives them"
)]
pub trait Patches: Shape {
    /// The number of pictures.
    type Batch: Dim;
    /// The elements of a patch, of all channels.
    type Elements: Dim;
    /// The number of patches.
    type Count: Dim;
    /// Batch, elements of a patch, number of patches.
    fn parts(self) -> (Self::Batch, Self::Elements, Self::Count);
}
#[diagnostic::do_not_recommend]
impl<N: Dim, C: Dim, L: Dim> Patches for (N, C, L) {
    type Batch = N;
    type Elements = C;
    type Count = L;
    #[inline]
    fn parts(self) -> (N, C, L) {
        self
    }
}

/// Elements of patches that are those of whole channels.
#[diagnostic::on_unimplemented(
    message = "fold: `{Self}` channels are no multiple of the `{Window}` elements of the filter",
    label = "axis 1 is channels * `{Window}`, a static size",
    note = "`y.fold2d((D::<H>, D::<W>), Filter::<3>)` takes y: (N, C * 9, patches) and gives (N, C, H, W)"
)]
pub trait OfChannels<Window> {}
#[diagnostic::do_not_recommend]
impl<C: Dim + DivDim<Window>, Window> OfChannels<Window> for C {}

#[cfg(test)]
mod tests {
    use super::{Patches, Volume};
    use congruent_dims::{D, dims};

    dims! { Batch = ?, Rows = ? }

    #[test]
    fn axes_are_made_one() {
        assert_eq!((Rows(5),).volume(), Rows(5));
        assert_eq!(((D::<3>, D::<5>).volume(), (D::<2>, D::<3>, D::<5>).volume()), (D::<15>, D::<30>));
        assert_eq!((Batch(2), D::<9>, Rows(4)).parts(), (Batch(2), D::<9>, Rows(4)));
    }
}
