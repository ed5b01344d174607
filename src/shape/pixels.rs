//! Pictures whose channels become finer pixels, and the other way round.
//!
//! Apart from `reshape.rs` because three axes trade elements with each other: channels against height and width.

use super::{InParts, PartOf, Shape};
use congruent_dims::{D, Dim, DivDim, MulDim, Multiplied};

/// Pictures (channels, height, width), one or a batch, whose channels are subpixels: `(C · R · R, H, W)` becomes
/// `(C, H · R, W · R)`.
///
/// ```
/// use congruent::{D, shape::PixelShuffle};
/// let shape: (D<3>, D<8>, D<10>) = PixelShuffle::<2>::shuffled((D::<12>, D::<4>, D::<5>));
/// ```
#[diagnostic::on_unimplemented(
    message = "pixel_shuffle: the channels of `{Self}` do not make pixels {R} times as fine",
    label = "expected (channels, height, width) or a batch of these, static, with channels divisible by {R} * {R}"
)]
pub trait PixelShuffle<const R: usize>: Shape {
    /// The shape of finer pixels.
    type Out: Shape;

    /// The shape of finer pixels.
    fn shuffled(self) -> Shuffled<Self, R>;
}

/// Pictures (channels, height, width), one or a batch, whose pixels become channels: `(C, H · R, W · R)` becomes
/// `(C · R · R, H, W)`.
///
/// ```
/// use congruent::{D, shape::PixelUnshuffle};
/// let shape: (D<12>, D<4>, D<5>) = PixelUnshuffle::<2>::unshuffled((D::<3>, D::<8>, D::<10>));
/// ```
#[diagnostic::on_unimplemented(
    message = "pixel_unshuffle: the pixels of `{Self}` do not make channels, {R} times {R} each",
    label = "expected (channels, height, width) or a batch of these, static, height and width divisible by {R}"
)]
pub trait PixelUnshuffle<const R: usize>: Shape {
    /// The shape of coarser pixels.
    type Out: Shape;

    /// The shape of coarser pixels.
    fn unshuffled(self) -> Unshuffled<Self, R>;
}

/// `S` with subpixels as pixels.
pub type Shuffled<S, const R: usize> = <S as PixelShuffle<R>>::Out;
/// `S` with pixels as channels.
pub type Unshuffled<S, const R: usize> = <S as PixelUnshuffle<R>>::Out;

type Times<A, const R: usize> = Multiplied<A, D<R>>;
type Over<A, const R: usize> = PartOf<A, D<R>>;
/// The subpixels of one pixel.
type Subpixels<const R: usize> = Multiplied<D<R>, D<R>>;

macro_rules! pictures {
    ($($batch:ident)?) => {
        #[diagnostic::do_not_recommend]
        impl<$($batch: Dim,)? C: Dim, H: Dim, W: Dim, const R: usize> PixelShuffle<R> for ($($batch,)? C, H, W)
        where
            D<R>: MulDim<D<R>>,
            C: DivDim<Subpixels<R>> + InParts<Subpixels<R>>,
            H: MulDim<D<R>>,
            W: MulDim<D<R>>,
        {
            type Out = ($($batch,)? PartOf<C, Subpixels<R>>, Times<H, R>, Times<W, R>);
            fn shuffled(self) -> Shuffled<Self, R> {
                ($(pictures!(@batch $batch, self.0),)? Default::default(), Default::default(), Default::default())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($batch: Dim,)? C: Dim, H: Dim, W: Dim, const R: usize> PixelUnshuffle<R> for ($($batch,)? C, H, W)
        where
            D<R>: MulDim<D<R>>,
            C: MulDim<Subpixels<R>>,
            H: DivDim<D<R>> + InParts<D<R>>,
            W: DivDim<D<R>> + InParts<D<R>>,
        {
            type Out = ($($batch,)? Multiplied<C, Subpixels<R>>, Over<H, R>, Over<W, R>);
            fn unshuffled(self) -> Unshuffled<Self, R> {
                ($(pictures!(@batch $batch, self.0),)? Default::default(), Default::default(), Default::default())
            }
        }
    };
    (@batch $batch:ident, $size:expr) => { $size };
}

pictures! {}
pictures! { N }

#[cfg(test)]
mod tests {
    use super::{PixelShuffle, PixelUnshuffle};
    use congruent_dims::{D, dims};

    dims! { Batch = ? }

    #[test]
    fn channels_are_traded_for_pixels() {
        let fine: (Batch, D<2>, D<12>, D<15>) = PixelShuffle::<3>::shuffled((Batch(7), D::<18>, D::<4>, D::<5>));
        assert_eq!(PixelUnshuffle::<3>::unshuffled(fine), (Batch(7), D::<18>, D::<4>, D::<5>));
        assert_eq!(PixelShuffle::<1>::shuffled((D::<2>, D::<3>, D::<4>)), (D::<2>, D::<3>, D::<4>));
    }
}
