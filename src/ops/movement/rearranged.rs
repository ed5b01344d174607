//! Axes whose elements come again in another order: rolled, padded by themselves, repeated, as windows and subpixels.
//!
//! Apart from `views`, which look at memory as it lies: here elements are copied to where the axis has them.

use super::lengths::counted;
use crate::device::{Buf, Device};
use crate::dims::{AddDim, Added, D, Dim, MulDim, Multiplied, StaticDim, WindowDim};
use crate::dtype::Elem;
use crate::error::{Error, collected, raise};
use crate::graph::Operand;
use crate::layout::count;
use crate::ops::index::{Line, Moved, Moves, NumberedRows, Source};
use crate::shape::{
    Append, Appended, AxisAt, InWindows, PixelShuffle, PixelUnshuffle, Shape, Shuffled, Unshuffled, WindowsOf, WithAxis,
};

/// What stands beyond the ends of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edges {
    /// The axis mirrored at its first and last element, which are not repeated: `3 2 | 1 2 3 | 2 1`.
    Reflect,
    /// The first and last element: `1 1 | 1 2 3 | 3 3`.
    Replicate,
    /// The axis from its other end: `2 3 | 1 2 3 | 1 2`.
    Circular,
}

/// Axis `I` with `BEFORE` and `AFTER` elements more.
type Grown<X, const I: isize, const BEFORE: usize, const AFTER: usize> =
    WithAxis<<X as Operand>::S, I, Added<Added<At<X, I>, D<BEFORE>>, D<AFTER>>>;
/// Axis `I` `N` times as long.
type Longer<X, const I: isize, const N: usize> = WithAxis<<X as Operand>::S, I, Multiplied<At<X, I>, D<N>>>;
/// Axis `I` with a place for each window.
pub type Windows<X, const I: isize, const SIZE: usize, const STEP: usize> =
    WithAxis<<X as Operand>::S, I, WindowsOf<At<X, I>, D<SIZE>, D<STEP>>>;
type At<X, const I: isize> = <<X as Operand>::S as AxisAt<I>>::At;

/// Elements along an axis, rolled, mirrored and repeated. Any element type; each operand's gradient is the sum of `dy`
/// over the places that an element came to.
pub trait Rearranging: Operand + Sized {
    /// Elements moved `shift` places along axis `I`, those that leave at one end coming in at the other; negative
    /// shifts go to the front. NumPy's and PyTorch's `roll`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0, 3.0]).roll::<0>(1).eval(), Cpu.tensor([3.0, 1.0, 2.0]));
    /// ```
    #[track_caller]
    fn roll<const I: isize>(self, shift: isize) -> Moved<Self, Self::S>
    where
        Self: Source,
        Self::S: AxisAt<I>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let turn = Line::of::<I, _>(shape).turn(shift);
        Self::moved((turn.of(device, x), shape, Moves::Turned(turn)), whole)
    }

    /// `BEFORE` elements in front of axis `I` and `AFTER` behind it, which continue it as `edges` says. PyTorch's `pad`
    /// by its modes; for one number everywhere there is [`pad`](crate::ops::Joining::pad).
    ///
    /// More than the axis can continue (its length less 1 by reflection, any number of an empty one) raises
    /// [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::{ops::Edges, prelude::*};
    /// let x = Cpu.tensor([1.0, 2.0, 3.0]);
    /// assert_eq!(x.pad_edges::<0, 2, 1>(Edges::Reflect).eval(), Cpu.tensor([3.0, 2.0, 1.0, 2.0, 3.0, 2.0]));
    /// ```
    #[track_caller]
    fn pad_edges<const I: isize, const BEFORE: usize, const AFTER: usize>(
        self,
        edges: Edges,
    ) -> Moved<Self, Grown<Self, I, BEFORE, AFTER>>
    where
        Self: Source,
        Self::S: AxisAt<I, At: AddDim<D<BEFORE>, Out: AddDim<D<AFTER>>>>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let length = Added::<Added<At<Self, I>, D<BEFORE>>, D<AFTER>>::default();
        Self::moved(
            picked::<I, _, _, _, _, _>((x, shape, device), length, |len| continued(edges, len, BEFORE, AFTER)),
            whole,
        )
    }

    /// [`pad_edges`](Rearranging::pad_edges) of an axis whose size, or by numbers that, only the run knows: `name`
    /// makes a dim of the sum.
    ///
    /// ```
    /// use congruent::{ops::Edges, prelude::*};
    /// dims! { Steps = ?, Padded = ? }
    /// let x = Cpu.from_fn((Steps(3),), |i| i as i64);
    /// let padded: Tensor<(Padded,), i64> = x.pad_edges_as::<0, _>(1, 2, Edges::Replicate, Padded).eval();
    /// assert_eq!(padded.as_slice(), [0, 0, 1, 2, 2, 2]);
    /// ```
    #[track_caller]
    fn pad_edges_as<const I: isize, L: Dim>(
        self,
        before: usize,
        after: usize,
        edges: Edges,
        name: impl FnOnce(usize) -> L,
    ) -> Moved<Self, WithAxis<Self::S, I, L>>
    where
        Self: Source,
        Self::S: AxisAt<I>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let length = counted(shape.at().size().saturating_add(before).saturating_add(after), name);
        Self::moved(
            picked::<I, _, _, _, _, _>((x, shape, device), length, |len| continued(edges, len, before, after)),
            whole,
        )
    }

    /// All windows of `SIZE` elements of axis `I`, each `STEP` after the one before: axis `I` becomes that of the
    /// windows, and the elements of each lie along a new last axis. `y[.., w, .., k] = x[.., w · STEP + k, ..]`.
    /// PyTorch's `unfold`, NumPy's `sliding_window_view`.
    ///
    /// The elements are copied, because windows that overlap have one gradient in several places: `dx` is its sum.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0, 3.0, 4.0, 5.0]);
    /// assert_eq!(x.unfold::<0, 3, 2>().eval(), Cpu.tensor([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]));
    /// assert_eq!(x.unfold::<0, 2, 1>().mean_axis::<-1>().eval(), Cpu.tensor([1.5, 2.5, 3.5, 4.5]));
    /// ```
    #[doc(alias = "sliding_window_view")]
    #[track_caller]
    fn unfold<const I: isize, const SIZE: usize, const STEP: usize>(
        self,
    ) -> Moved<Self, Appended<Windows<Self, I, SIZE, STEP>, D<SIZE>>>
    where
        D<SIZE>: StaticDim,
        Self: Source,
        Self::S: AxisAt<I, At: InWindows<D<SIZE>, D<STEP>> + WindowDim<D<SIZE>, D<STEP>, D<0>>>,
        Windows<Self, I, SIZE, STEP>: Append<D<SIZE>>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let windows = WindowsOf::<At<Self, I>, D<SIZE>, D<STEP>>::default();
        let out_shape = shape.with(windows).append(D::<SIZE>);
        count(out_shape);
        let rows = Line::of::<I, _>(shape).windows(device, windows.size(), SIZE, STEP);
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }

    /// [`unfold`](Rearranging::unfold) of an axis whose size, or into windows whose size, only the run knows: `window`
    /// is the axis of the elements of a window, `name` makes a dim of the number of windows.
    ///
    /// A window longer than the axis, and a step of 0, raise [`Error::Value`], a name of another size
    /// [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Days = ?, Weeks = ?, Mean = ? }
    /// let x = Cpu.from_fn((Days(7),), |i| i as f64);
    /// let weeks: Tensor<(Weeks, D<3>), f64> = x.unfold_as::<0, _, _>(D::<3>, 2, Weeks).eval();
    /// assert_eq!(weeks.as_slice(), [0.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0]);
    /// let n = 5;
    /// let means = x.unfold_as::<0, _, _>(Mean(n), 1, Weeks).mean_axis::<-1>().eval();
    /// assert_eq!(means.as_slice(), [2.0, 3.0, 4.0]);
    /// ```
    #[track_caller]
    fn unfold_as<const I: isize, W: Dim, L: Dim>(
        self,
        window: W,
        step: usize,
        name: impl FnOnce(usize) -> L,
    ) -> Moved<Self, Appended<WithAxis<Self::S, I, L>, W>>
    where
        Self: Source,
        Self::S: AxisAt<I>,
        WithAxis<Self::S, I, L>: Append<W>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let (len, size) = (shape.at().size(), window.size());
        let Some(places) = len.checked_sub(size).and_then(|places| places.checked_div(step)) else {
            let found = format!("a window of {size} every {step} on an axis of {len} elements");
            raise(Error::Value { what: "unfold", found, rule: "windows lie on the axis, 1 or more apart" });
        };
        let windows = counted(places.saturating_add(1), name);
        let out_shape = shape.with(windows).append(window);
        count(out_shape);
        let rows = Line::of::<I, _>(shape).windows(device, places + 1, size, step);
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }

    /// Pictures `R` times as high and wide from `R · R` times fewer channels:
    /// `y[.., c, h · R + i, w · R + j] = x[.., (c · R + i) · R + j, h, w]`. `dx` is `dy` moved back. Shi et al.,
    /// arXiv:1609.05158.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0]], [[2.0]], [[3.0]], [[4.0]]]);
    /// assert_eq!(x.pixel_shuffle::<2>().eval(), Cpu.tensor([[[1.0, 2.0], [3.0, 4.0]]]));
    /// ```
    #[track_caller]
    fn pixel_shuffle<const R: usize>(self) -> Moved<Self, Shuffled<Self::S, R>>
    where
        Self: Source,
        Self::S: PixelShuffle<R>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let out_shape = shape.shuffled();
        let rows = NumberedRows::new(device, 1, collected(x.len(), subpixels(&out_shape.dims(), R)));
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }

    /// The opposite of [`pixel_shuffle`](Rearranging::pixel_shuffle): `R · R` times as many channels from pictures `R`
    /// times as high and wide.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[[1.0, 2.0], [3.0, 4.0]]]);
    /// assert_eq!(x.pixel_unshuffle::<2>().eval(), Cpu.tensor([[[1.0]], [[2.0]], [[3.0]], [[4.0]]]));
    /// ```
    #[track_caller]
    fn pixel_unshuffle<const R: usize>(self) -> Moved<Self, Unshuffled<Self::S, R>>
    where
        Self: Source,
        Self::S: PixelUnshuffle<R>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let out_shape = shape.unshuffled();
        let mut places = vec![0; x.len()];
        (0..).zip(subpixels(&shape.dims(), R)).for_each(|(own, place)| places[place as usize] = own);
        let rows = NumberedRows::new(device, 1, places);
        Self::moved((rows.take(device, x), out_shape, Moves::Picked(rows)), whole)
    }

    /// Axis `I` `N` times over, NumPy's `tile` along one axis; for several axes there are several calls. `dx` is the
    /// sum of the `N` parts of `dy`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1, 2]).tile::<0, 2>().eval(), Cpu.tensor([1, 2, 1, 2]));
    /// let checks = Cpu.tensor([[0, 1], [1, 0]]).tile::<0, 2>().tile::<1, 3>().eval();
    /// assert_eq!((checks.shape(), checks.as_slice()[..6].to_vec()), ((D::<4>, D::<6>), vec![0, 1, 0, 1, 0, 1]));
    /// ```
    #[track_caller]
    fn tile<const I: isize, const N: usize>(self) -> Moved<Self, Longer<Self, I, N>>
    where
        Self: Source,
        Self::S: AxisAt<I, At: MulDim<D<N>>>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let length = Multiplied::<At<Self, I>, D<N>>::default();
        Self::moved(repeated::<I, _, _, _, _>((x, shape, device), length, N), whole)
    }

    /// [`tile`](Rearranging::tile) of an axis whose size, or as often as, only the run knows: `name` makes a dim of the
    /// product.
    ///
    /// A name of another size raises [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Period = ?, Times = ? }
    /// let (season, years) = (Cpu.from_fn((Period(2),), |i| i as i64), 3);
    /// let times: Tensor<(Times,), i64> = season.tile_as::<0, _>(years, Times).eval();
    /// assert_eq!(times.as_slice(), [0, 1, 0, 1, 0, 1]);
    /// ```
    #[track_caller]
    fn tile_as<const I: isize, L: Dim>(
        self,
        times: usize,
        name: impl FnOnce(usize) -> L,
    ) -> Moved<Self, WithAxis<Self::S, I, L>>
    where
        Self: Source,
        Self::S: AxisAt<I>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let length = counted(shape.at().size().saturating_mul(times), name);
        Self::moved(repeated::<I, _, _, _, _>((x, shape, device), length, times), whole)
    }

    /// Each element of axis `I` `N` times in a row. NumPy's `repeat`, PyTorch's `repeat_interleave`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1.0, 2.0]).repeat_interleave::<0, 2>().eval(), Cpu.tensor([1.0, 1.0, 2.0, 2.0]));
    /// ```
    #[track_caller]
    fn repeat_interleave<const I: isize, const N: usize>(self) -> Moved<Self, Longer<Self, I, N>>
    where
        Self: Source,
        Self::S: AxisAt<I, At: MulDim<D<N>>>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let length = Multiplied::<At<Self, I>, D<N>>::default();
        Self::moved(picked::<I, _, _, _, _, _>((x, shape, device), length, |len| interleaved(len, N)), whole)
    }

    /// [`repeat_interleave`](Rearranging::repeat_interleave) of an axis whose size, or as often as, only the run knows:
    /// `name` makes a dim of the product.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Years = ?, Months = ? }
    /// let x = Cpu.from_fn((Years(2),), |i| i as i64);
    /// let months: Tensor<(Months,), i64> = x.repeat_interleave_as::<0, _>(3, Months).eval();
    /// assert_eq!(months.as_slice(), [0, 0, 0, 1, 1, 1]);
    /// ```
    #[track_caller]
    fn repeat_interleave_as<const I: isize, L: Dim>(
        self,
        times: usize,
        name: impl FnOnce(usize) -> L,
    ) -> Moved<Self, WithAxis<Self::S, I, L>>
    where
        Self: Source,
        Self::S: AxisAt<I>,
    {
        let whole = self.whole();
        let (x, shape, device) = (&whole.values, whole.from.shape, whole.from.device);
        let length = counted(shape.at().size().saturating_mul(times), name);
        Self::moved(picked::<I, _, _, _, _, _>((x, shape, device), length, |len| interleaved(len, times)), whole)
    }
}
impl<X: Operand> Rearranging for X {}

/// Axis `I` under another length, whose elements are those of `ids`, as many as it says.
#[track_caller]
fn picked<const I: isize, S: AxisAt<I>, E: Elem, D: Device, L: Dim, Ids: Iterator<Item = i64>>(
    (x, shape, device): (&Buf<E>, S, D),
    length: L,
    ids: impl FnOnce(usize) -> Ids,
) -> (Buf<E>, WithAxis<S, I, L>, Moves) {
    let out_shape = shape.with(length);
    count(out_shape);
    // Asked also where there are no elements to take: it checks what it is given.
    let ids = ids(shape.at().size());
    let ids = collected(if out_shape.is_empty() { 0 } else { length.size() }, ids);
    let rows = Line::of::<I, _>(shape).rows(device, ids);
    (rows.take(device, x), out_shape, Moves::Picked(rows))
}

/// Axis `I` under another length, `times` over.
#[track_caller]
fn repeated<const I: isize, S: AxisAt<I>, E: Elem, D: Device, L: Dim>(
    (x, shape, device): (&Buf<E>, S, D),
    length: L,
    times: usize,
) -> (Buf<E>, WithAxis<S, I, L>, Moves) {
    let out_shape = shape.with(length);
    count(out_shape);
    let rows = Line::of::<I, _>(shape).repeated(device, times);
    (rows.take(device, x), out_shape, Moves::Picked(rows))
}

/// Each of so many indices so often in a row.
fn interleaved(len: usize, times: usize) -> impl Iterator<Item = i64> {
    (0..len as i64).flat_map(move |i| std::iter::repeat_n(i, times))
}

/// Where the elements of pictures of these sizes lie while their subpixels are channels, `scale · scale` of each.
fn subpixels(dims: &[usize], scale: usize) -> impl Iterator<Item = i64> {
    let [.., channels, height, width] = *dims else { unreachable!("the law asks for channels, height and width") };
    let (low, narrow) = (height / scale.max(1), width / scale.max(1));
    let images: usize = dims[..dims.len() - 3].iter().product();
    let row = move |plane: usize, y: usize| {
        (0..width).map(move |x| {
            let channel = (plane * scale + y % scale) * scale + x % scale;
            ((channel * low + y / scale) * narrow + x / scale) as i64
        })
    };
    (0..images * channels).flat_map(move |plane| (0..height).flat_map(move |y| row(plane, y)))
}

/// The indices of a padded axis.
#[track_caller]
fn continued(edges: Edges, len: usize, before: usize, after: usize) -> impl Iterator<Item = i64> {
    let most = if edges == Edges::Reflect { len.saturating_sub(1) } else { usize::MAX };
    if before.max(after) > most || (len == 0 && before + after > 0) {
        let rule = "reflection needs a longer axis, and every mode one element";
        raise(Error::Value { what: "padding", found: format!("{before} and {after} beside {len} elements"), rule });
    }
    let (len, from) = (len as i64, -(before as i64));
    let place = move |i: i64| match edges {
        Edges::Reflect if i < 0 => -i,
        Edges::Reflect if i >= len => 2 * (len - 1) - i,
        Edges::Reflect => i,
        Edges::Replicate => i.clamp(0, len - 1),
        Edges::Circular => i.rem_euclid(len),
    };
    (from..len.saturating_add(after as i64)).map(place)
}
