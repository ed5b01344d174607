//! What slides over pictures: filters of convolutions, windows of pooling, and their numbers in PyTorch's order.
//!
//! Apart from `windows`, the law over axes: here is what a program writes.

use congruent_dims::D;

/// The filter of a convolution, also called its kernel: `SIZE` elements along each axis, moved by `STRIDE`, over an
/// axis with `PADDING` zeros at both ends, its elements `DILATION` apart. The numbers stand in PyTorch's order:
/// `nn.Conv2d(i, o, 3, 2, 1)` has a `Filter<3, 2, 1>`. Where axes differ it is a tuple, `(Filter<3, 1, 1>, Filter<5>)`.
///
/// One type for functions and for layers, where it is a part of the layer's type; so the size of what comes out is
/// known when the program is compiled.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.ones::<Shape![1, 1, 5, 5]>();
/// let y = x.conv2d(&Cpu.ones::<Shape![1, 1, 3, 3]>(), Filter::<3, 2, 1>).eval();
/// assert_eq!(y, Cpu.tensor([[[[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]]]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<const SIZE: usize, const STRIDE: usize = 1, const PADDING: usize = 0, const DILATION: usize = 1>;

/// The filter of a convolution that moves by 1 and gives as many places as the axis has elements, also where only the
/// run knows how many: PyTorch's `padding='same'`. Where the zeros cannot be the same at both ends, the last end has
/// one more.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Width = ? }
/// let x = Cpu.full((D::<1>, D::<1>, Width(4)), 1.0f32);
/// let y: Tensor<(D<1>, D<1>, Width)> = x.conv1d(&Cpu.ones::<Shape![1, 1, 3]>(), Same::<3>).eval();
/// assert_eq!(y.as_slice(), [2.0, 3.0, 3.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Same<const SIZE: usize, const DILATION: usize = 1>;

/// A convolution in `GROUPS`: channels in as many groups, each with its own part of the weight, which meets no other.
/// As many groups as channels are a depthwise convolution.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([[[1.0, 2.0], [3.0, 4.0]]]);
/// let weight = Cpu.tensor([[[1.0, 1.0]], [[1.0, -1.0]]]);
/// assert_eq!(x.conv1d(&weight, Groups::<_, 2>(Filter::<2>)).eval(), Cpu.tensor([[[3.0], [-1.0]]]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups<K, const GROUPS: usize>(
    /// How the filter slides.
    pub K,
);

/// The window of a pooling: `SIZE` elements along each axis, moved by `STRIDE`, which is the size where nothing else is
/// said, over an axis with `PADDING` places at both ends, its elements `DILATION` apart. The numbers stand in PyTorch's
/// order. Windows that differ between axes are a tuple, `(Pool<2>, Pool<3>)`.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([[[1.0, 2.0, 3.0, 4.0]]]);
/// assert_eq!(x.max_pool1d(Pool::<2>).eval(), Cpu.tensor([[[2.0, 4.0]]]));
/// assert_eq!(x.max_pool1d(Pool::<2, 1>).eval(), Cpu.tensor([[[2.0, 3.0, 4.0]]]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool<const SIZE: usize, const STRIDE: usize = SIZE, const PADDING: usize = 0, const DILATION: usize = 1>;

/// How something slides along one axis, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stepping {
    /// Elements of the window.
    pub size: usize,
    /// From one place to the next.
    pub stride: usize,
    /// From one element of the window to the next.
    pub dilation: usize,
    /// Places in front of the axis.
    pub before: usize,
    /// Places behind it.
    pub after: usize,
}

impl Stepping {
    /// Where an axis of pictures is missing: one element, one place.
    pub const NONE: Stepping = Stepping { size: 1, stride: 1, dilation: 1, before: 0, after: 0 };

    const fn new(size: usize, stride: usize, padding: usize, dilation: usize) -> Self {
        Stepping { size, stride, dilation, before: padding, after: padding }
    }

    const fn same(size: usize, dilation: usize) -> Self {
        let all = size.saturating_sub(1).saturating_mul(dilation);
        Stepping { size, stride: 1, dilation, before: all / 2, after: all - all / 2 }
    }

    /// From the first element of a window to behind its last one; `usize::MAX` where that is more.
    pub const fn extent(&self) -> usize {
        match self.size {
            0 => 0,
            size => (size - 1).saturating_mul(self.dilation).saturating_add(1),
        }
    }

    /// The number of places on an axis of this length. None where the window is longer than the axis with what is
    /// around it, has no elements or all of them in one place, or does not move, nor where that length is no `usize`:
    /// so `place · stride + k · dilation` is below `before + len + after` for every place and element, and overflows
    /// nowhere.
    pub fn places(&self, len: usize) -> Option<usize> {
        let extent = self.size.checked_sub(1)?.checked_mul(self.dilation)?.checked_add(1)?;
        let room = len.checked_add(self.before)?.checked_add(self.after)?.checked_sub(extent)?;
        let places = room.checked_div(self.stride)?.checked_add(1)?;
        (self.dilation > 0).then_some(places)
    }
}

/// What slides along one axis, or along each of several in the same way.
pub trait Slide: Copy + Default + Send + Sync + 'static {
    /// The elements of the window.
    type Size: congruent_dims::StaticDim;
    /// Its numbers.
    const STEP: Stepping;
}

/// The filter of a convolution: a [`Slide`] that is no window of pooling.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no filter of a convolution",
    label = "expected `Filter::<3, 1, 1>` (size, stride, padding), or `Same::<3>`"
)]
pub trait FilterSlide: Slide {
    /// The filter itself: of what is none the compiler has no more to ask.
    type Own: Slide;
}

/// The window of a pooling: a [`Slide`] that is no filter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no window of a pooling",
    label = "expected `Pool::<3, 2, 1>` (size, stride, padding)"
)]
pub trait PoolSlide: Slide {
    /// The window itself: of what is none the compiler has no more to ask.
    type Own: Slide;
}

macro_rules! slides {
    ($($Slide:ident [$($number:ident)*] is $Law:ident: $step:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$(const $number: usize),*> Slide for $Slide<$($number),*>
        where
            D<SIZE>: congruent_dims::StaticDim,
        {
            type Size = D<SIZE>;
            const STEP: Stepping = $step;
        }
        #[diagnostic::do_not_recommend]
        impl<$(const $number: usize),*> $Law for $Slide<$($number),*>
        where
            D<SIZE>: congruent_dims::StaticDim,
        {
            type Own = Self;
        }
    )*};
}
slides! {
    Filter [SIZE STRIDE PADDING DILATION] is FilterSlide: Stepping::new(SIZE, STRIDE, PADDING, DILATION);
    Same [SIZE DILATION] is FilterSlide: Stepping::same(SIZE, DILATION);
    Pool [SIZE STRIDE PADDING DILATION] is PoolSlide: Stepping::new(SIZE, STRIDE, PADDING, DILATION);
}

#[cfg(test)]
mod tests {
    use super::{Filter, Pool, Same, Slide, Stepping};

    #[test]
    fn numbers_of_slides() {
        assert_eq!(Filter::<3, 2, 1, 4>::STEP, Stepping { size: 3, stride: 2, dilation: 4, before: 1, after: 1 });
        assert_eq!(Filter::<3, 2, 1, 4>::STEP.extent(), 9);
        assert_eq!(Pool::<3>::STEP, Stepping { size: 3, stride: 3, dilation: 1, before: 0, after: 0 });
        assert_eq!(Same::<4, 3>::STEP, Stepping { size: 4, stride: 1, dilation: 3, before: 4, after: 5 });
    }

    #[test]
    fn places_are_counted() {
        assert_eq!(Filter::<7, 2, 3>::STEP.places(224), Some(112));
        assert_eq!((Filter::<7, 2>::STEP.places(5), Filter::<3, 0>::STEP.places(5)), (None, None));
        assert_eq!(
            (1..9).map(|len| Same::<4, 3>::STEP.places(len)).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 6, 7, 8].map(Some)
        );
    }

    #[test]
    fn numbers_without_places() {
        const MAX: usize = usize::MAX;
        const TOP: usize = 1 << 63;
        let refused = [
            Filter::<0>::STEP,
            Filter::<3, 0>::STEP,
            Filter::<3, 1, 1, 0>::STEP,
            Filter::<0, 1, MAX>::STEP,
            Filter::<1, 1, MAX>::STEP,
            Filter::<1, MAX, MAX>::STEP,
            Filter::<1, TOP, TOP>::STEP,
            Filter::<3, 1, 0, MAX>::STEP,
            Stepping::new(MAX, 1, 1, 1),
            Pool::<0, 1, MAX>::STEP,
            Same::<0>::STEP,
            Same::<3, 0>::STEP,
            Same::<3, MAX>::STEP,
            Same::<3, TOP>::STEP,
        ];
        assert_eq!(refused.map(|step| step.places(3)), [None; 14]);
        assert_eq!(Filter::<1, 1, { TOP - 2 }>::STEP.places(3), Some(MAX));
        assert_eq!(Filter::<1, 1, { TOP - 2 }>::STEP.places(4), None);
        assert_eq!(Same::<3, { TOP / 2 }>::STEP.places(3), Some(3));
    }
}
