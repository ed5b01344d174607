//! Pictures: a batch, channels, and one to three axes of space.
//!
//! Apart from the windows that slide over them, which know axes of space alone.

use super::Shape;
use congruent_dims::Spelled;
use congruent_dims::{Dim, One};

/// A batch of pictures with `R` axes of space, 1 to 3: `(N, C, L)`, `(N, C, H, W)`, `(N, C, D, H, W)`. The weight of a
/// convolution is one, too: outputs, inputs, and the axes of its filter.
///
/// ```
/// use congruent::{D, shape::Pictures};
/// let shape = (D::<8>, D::<3>, D::<32>, D::<24>);
/// let (batch, channels, space): (D<8>, D<3>, (D<32>, D<24>)) = Pictures::<2>::parts(shape);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no batch of pictures with {R} axes of space",
    label = "expected (batch, channels, ..) with {R} axes behind them",
    note = "a single picture becomes a batch by `x.unsqueeze::<0>()`"
)]
pub trait Pictures<const R: usize>: ChannelAxis<C = Self::Channels> {
    /// The number of pictures.
    type Batch: Dim;
    /// The number of channels.
    type Channels: Dim;
    /// The axes of space.
    type Space: Space;

    /// Batch, channels and space.
    fn parts(self) -> (Self::Batch, Self::Channels, Self::Space);
}

/// A batch with channels, `(N, C)`, and up to three axes of space behind them: what is normalised by channels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no channels",
    label = "expected (batch, channels) with up to three axes of space behind them"
)]
pub trait ChannelAxis: Shape {
    /// The number of channels.
    type C: Dim;
    /// A number for each of `C` channels, the same at all places.
    type Each<C: Dim>: Shape;

    /// The channels.
    fn channels(self) -> Self::C;
    /// A number for each of these channels.
    fn each<C: Dim>(channels: C) -> Self::Each<C>;
}

macro_rules! channel_axis {
    ($($($A:ident: $One:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<N: Dim, C: Dim, $($A: Dim),*> ChannelAxis for (N, C, $($A),*) {
            type C = C;
            type Each<O: Dim> = (O, $($One),*);
            #[inline]
            fn channels(self) -> C {
                self.1
            }
            #[inline]
            fn each<O: Dim>(channels: O) -> Self::Each<O> {
                (channels, $($One::default()),*)
            }
        }
    )*};
}
channel_axis! {
    ;
    W: One;
    H: One W: One;
    Z: One H: One W: One;
}

/// Axes of space, one to three of them: what a window slides along.
#[diagnostic::on_unimplemented(message = "`{Self}` are no axes of space", label = "expected one to three dims")]
pub trait Space: Shape {
    /// A batch `N` of pictures with channels `C` over these axes.
    type Under<N: Dim, C: Dim>: Shape;

    /// A batch of pictures with these channels over these axes.
    fn under<N: Dim, C: Dim>(self, batch: N, channels: C) -> Self::Under<N, C>;
}

/// The sizes of `R` axes of space as an argument: a tuple of dims, which is itself.
///
/// ```
/// use congruent::{D, dims, shape::{AxisSizes, Space}};
/// dims! { Rows = ? }
/// fn places<P: AxisSizes<2>>(sizes: P) -> P::Own {
///     sizes.own()
/// }
/// assert_eq!(places((Rows(5), D::<3>)), (Rows(5), D::<3>));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the size of {R} axes of space: sizes are types here",
    label = "expected {R} dims in a tuple: `(D::<7>,)`, `(D::<7>, D::<7>)`, `(Rows(n), D::<7>)`",
    note = "a size that only the run knows has a name: `dims! {{ Rows = ? }}`"
)]
pub trait AxisSizes<const R: usize>: Copy {
    /// The sizes themselves: of what are none the compiler has no more to ask.
    type Own: Space;
    /// The sizes.
    fn own(self) -> Self::Own;
}

macro_rules! pictures {
    ($($R:literal: $($A:ident $own:tt $place:tt),*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<N: Dim, C: Dim, $($A: Dim),*> Pictures<$R> for (N, C, $($A),*) {
            type Batch = N;
            type Channels = C;
            type Space = ($($A,)*);
            #[inline]
            fn parts(self) -> (N, C, Self::Space) {
                (self.0, self.1, ($(self.$place,)*))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($A: Dim),*> AxisSizes<$R> for ($($A,)*) {
            // Not `Self`, which would be known of numbers, too.
            type Own = ($(<$A as Spelled>::Own,)*);
            #[cfg_attr(optimised, inline(always))]
            fn own(self) -> Self::Own {
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($A: Dim),*> Space for ($($A,)*) {
            type Under<N: Dim, C: Dim> = (N, C, $($A),*);
            #[inline]
            fn under<N: Dim, C: Dim>(self, batch: N, channels: C) -> Self::Under<N, C> {
                (batch, channels, $(self.$own),*)
            }
        }
    )*};
}

pictures! {
    1: W 0 2;
    2: H 0 2, W 1 3;
    3: Z 0 2, H 1 3, W 2 4;
}

#[cfg(test)]
mod tests {
    use super::{Pictures, Space};
    use congruent_dims::{D, dims};

    dims! { Batch = ?, Rows = ? }

    #[test]
    fn pictures_are_taken_apart_and_put_together() {
        let (batch, channels, space) = Pictures::<2>::parts((Batch(4), D::<3>, Rows(5), D::<7>));
        assert_eq!((batch, channels, space), (Batch(4), D::<3>, (Rows(5), D::<7>)));
        assert_eq!(space.under(batch, D::<6>), (Batch(4), D::<6>, Rows(5), D::<7>));
        assert_eq!(Pictures::<1>::parts((D::<1>, D::<2>, D::<3>)).2, (D::<3>,));
        assert_eq!((D::<3>, D::<4>, D::<5>).under(D::<1>, D::<2>), (D::<1>, D::<2>, D::<3>, D::<4>, D::<5>));
    }
}
