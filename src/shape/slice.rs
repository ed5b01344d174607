//! Slicing: what `s![1.., ..-1, ::2, 3, .., new]` makes of a shape.
//!
//! Apart from `axis.rs` because a slice speaks of all axes at once. The macro prints one item an axis as a type, from
//! which the law computes the new axes, and as a value, from which the run computes where the elements lie.

use super::{Append, Appended, AxisAt, LastAxis, Prepend, Prepended, Shape};
use congruent_dims::{D, Dim, Off, On, One, SubDim, WindowDim};
use std::marker::PhantomData;

/// What one item takes: as a value, in NumPy's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Every `step`-th element from `start` until before `stop`; negative bounds count from the end.
    Span {
        /// The first element; the nearest end of the axis where absent.
        start: Option<isize>,
        /// The end, not taken.
        stop: Option<isize>,
        /// The distance; negative ones walk backwards.
        step: isize,
    },
    /// One element; the axis goes.
    Index(isize),
    /// A new axis `D<1>`.
    New,
}

/// A slice of a whole tensor: items that count from the first axis, and after `...` items that count from the last.
///
/// `T` spells the items as types. Made by [`s!`](crate::s!).
pub struct Slices<T, const F: usize, const B: usize> {
    front: [Taken; F],
    back: [Taken; B],
    items: PhantomData<T>,
}

impl<T, const F: usize, const B: usize> Clone for Slices<T, F, B> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, const F: usize, const B: usize> Copy for Slices<T, F, B> {}

impl<T, const F: usize, const B: usize> Slices<T, F, B> {
    /// Items from the first axis on, and items from the last axis backwards.
    #[doc(hidden)]
    pub fn new(front: [Taken; F], back: [Taken; B]) -> Self {
        Slices { front, back, items: PhantomData }
    }
}

/// Items as types, for the law.
#[doc(hidden)]
pub mod item {
    use std::marker::PhantomData;

    /// No further item.
    pub struct End;
    /// An axis, and the further items.
    pub struct Take<I, Rest>(PhantomData<(I, Rest)>);
    /// A new axis, and the further items.
    pub struct New<Rest>(PhantomData<Rest>);
    /// The whole axis, in either direction.
    pub struct Whole;
    /// `Length` elements of an axis of at least `Needed`.
    pub struct Window<Length, Needed>(PhantomData<(Length, Needed)>);
    /// All but `Less` elements.
    pub struct Less<N>(PhantomData<N>);
    /// One of each `Step` of all but `Less` elements.
    pub struct Stepped<Less, Step>(PhantomData<(Less, Step)>);
    /// One element of an axis of at least `Needed`.
    pub struct Index<Needed>(PhantomData<Needed>);
    /// One element, known when the program runs.
    pub struct RunTimeIndex;
}
use item::{End, Index, Less, New, RunTimeIndex, Stepped, Take, Whole, Window};

/// An axis of at least `N` elements: by type where it is static, else checked when the program runs.
#[diagnostic::on_unimplemented(
    message = "slice: axis `{Self}` is shorter than `{N}`",
    label = "an index or bound lies outside of axis `{Self}`",
    note = "the first index is 0, and `-1` is the last one; a generic axis needs `where {Self}: AtLeast<{N}>`"
)]
pub trait AtLeast<N>: Dim {}
#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Reaches<A, N>>, N> AtLeast<N> for A {}

/// Which axes reach `N`, by whether their size is static.
#[doc(hidden)]
pub trait Reaches<A, N> {}
impl<A, N> Reaches<A, N> for Off {}
#[diagnostic::do_not_recommend]
impl<A: SubDim<N>, N> Reaches<A, N> for On {}

/// A static axis of which `N` elements may be left out.
#[diagnostic::on_unimplemented(
    message = "slice: `{N}` elements cannot be left out of axis `{Self}` by type",
    label = "`{Self}` must be a static size of at least `{N}`",
    note = "on an axis whose size the run knows, name the result: `x.narrow::<0, _>(start, Length(n))`"
)]
pub trait Shorten<N>: Dim {
    /// What is left.
    type Left: Dim;
}
#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Shortened<A, N>>, N> Shorten<N> for A {
    type Left = <A::Static as Shortened<A, N>>::Left;
}

/// Static axes without `N` elements. Asked of the flag, so that the compiler's answer is the law's.
#[doc(hidden)]
pub trait Shortened<A, N> {
    type Left: Dim;
}
#[diagnostic::do_not_recommend]
impl<A: SubDim<N>, N> Shortened<A, N> for On {
    type Left = A::Out;
}

/// A static axis of which one in `Step` elements may be taken.
#[diagnostic::on_unimplemented(
    message = "slice: one in `{Step}` elements of axis `{Self}` cannot be taken by type",
    label = "`{Self}` must be a static size of at least 1",
    note = "the size of a dimension `Name = ?` is known at run time only"
)]
pub trait Thin<Step>: Dim {
    /// `⌈size / step⌉`
    type Left: Dim;
}
#[diagnostic::do_not_recommend]
impl<A: Dim<Static: Thinned<A, Step>>, Step> Thin<Step> for A {
    type Left = <A::Static as Thinned<A, Step>>::Left;
}

/// One in `Step` elements of static axes.
#[doc(hidden)]
pub trait Thinned<A, Step> {
    type Left: Dim;
}
#[diagnostic::do_not_recommend]
impl<A: WindowDim<One, Step, D<0>>, Step> Thinned<A, Step> for On {
    type Left = A::Out;
}

/// What an item leaves of an axis: a dim, or nothing.
#[doc(hidden)]
pub trait TakenFrom<A> {
    type Left;
}
#[doc(hidden)]
pub struct Gone;
#[doc(hidden)]
pub struct KeptAxis<A>(PhantomData<A>);

impl<A: Dim> TakenFrom<A> for Whole {
    type Left = KeptAxis<A>;
}
impl<A: AtLeast<N>, L: Dim, N> TakenFrom<A> for Window<L, N> {
    type Left = KeptAxis<L>;
}
impl<A: Shorten<N>, N> TakenFrom<A> for Less<N> {
    type Left = KeptAxis<A::Left>;
}
impl<A: Shorten<N, Left: Thin<Step>>, N, Step> TakenFrom<A> for Stepped<N, Step> {
    type Left = KeptAxis<<A::Left as Thin<Step>>::Left>;
}
impl<A: AtLeast<N>, N> TakenFrom<A> for Index<N> {
    type Left = Gone;
}
impl<A: Dim> TakenFrom<A> for RunTimeIndex {
    type Left = Gone;
}

/// A shape with what is left of an axis put in front or behind.
#[doc(hidden)]
pub trait Beside<S> {
    type InFront: Shape;
    type Behind: Shape;
}
impl<S: Shape> Beside<S> for Gone {
    type InFront = S;
    type Behind = S;
}
impl<S: Prepend<A> + Append<A>, A: Dim> Beside<S> for KeptAxis<A> {
    type InFront = Prepended<S, A>;
    type Behind = Appended<S, A>;
}

/// A shape that has one more axis for an item.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "slice: there are more items than axes",
    label = "no axis is left for one of the items",
    note = "each item but `new` and `...` takes one axis; axes that are not named stay whole"
)]
pub trait OneMore: Shape {
    type First: Dim;
    type AfterFirst: Shape;
    type Last: Dim;
    type BeforeLast: Shape;
}
#[diagnostic::do_not_recommend]
impl<S: AxisAt<0> + LastAxis> OneMore for S {
    type First = <S as AxisAt<0>>::At;
    type AfterFirst = <S as AxisAt<0>>::Removed;
    type Last = <S as LastAxis>::Last;
    type BeforeLast = <S as LastAxis>::Init;
}

/// What items from the first axis on leave of a shape. The items are `Self`, because they may still be an inference
/// variable: `?Items: Front<S>` is put off at once, while for `S: Front<?Items>` rustc would try item after item.
#[doc(hidden)]
pub trait Front<S> {
    type Left: Shape;
}
impl<S: Shape> Front<S> for End {
    type Left = S;
}
impl<S, R: Front<S, Left: Prepend<One>>> Front<S> for New<R> {
    type Left = Prepended<R::Left, One>;
}
impl<S, I, R> Front<S> for Take<I, R>
where
    S: OneMore,
    R: Front<S::AfterFirst>,
    I: TakenFrom<S::First, Left: Beside<R::Left>>,
{
    type Left = <I::Left as Beside<R::Left>>::InFront;
}

/// What items from the last axis backwards leave of a shape, after which those in front take theirs.
#[doc(hidden)]
pub trait Back<S, FrontItems> {
    type Left: Shape;
}
impl<S, F: Front<S>> Back<S, F> for End {
    type Left = F::Left;
}
impl<S, R: Back<S, F, Left: Append<One>>, F> Back<S, F> for New<R> {
    type Left = Appended<R::Left, One>;
}
impl<S, I, R, F> Back<S, F> for Take<I, R>
where
    S: OneMore,
    R: Back<S::BeforeLast, F>,
    I: TakenFrom<S::Last, Left: Beside<R::Left>>,
{
    type Left = <I::Left as Beside<R::Left>>::Behind;
}

/// A shape that a slice of these items can be taken from.
///
/// | item | axis `A` becomes |
/// |---|---|
/// | `..` | `A` |
/// | `2..5`, `-3..` | `D<3>` |
/// | `1..`, `..-1` | `A - 1`, for static `A` |
/// | `::2` | `⌈A / 2⌉`, for static `A` |
/// | `3`, `-1`, `i` | nothing |
/// | `new` | `D<1>`, a further axis |
pub trait Sliced<T>: Shape {
    /// The shape of the slice.
    type Out: Shape;
}
impl<S: Shape, F, B: Back<S, F>> Sliced<(F, B)> for S {
    type Out = B::Left;
}

/// A slice that reaches outside of an axis whose size only the run knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("slice {slice} reaches outside of axis {axis}, whose length is {len}")]
pub struct Outside {
    /// The slice as NumPy writes it.
    pub slice: String,
    /// The axis, counted from the front.
    pub axis: usize,
    /// Its length.
    pub len: usize,
}

/// An axis of the result, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The axis of the operand; `None` for a new one.
    pub axis: Option<usize>,
    /// The first element.
    pub start: usize,
    /// The number of elements; `None` where the axis goes.
    pub len: Option<usize>,
    /// From one element to the next.
    pub step: isize,
}

/// What is cut from each axis, in the order of the result: at most six axes and six new ones. Not a `Vec`, because a
/// training step allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct Cuts {
    list: [Cut; 12],
    len: usize,
}

impl Cuts {
    /// Every axis as it is.
    pub fn whole(dims: &[usize]) -> Self {
        let mut cuts = Cuts { list: [Cut { axis: None, start: 0, len: None, step: 1 }; 12], len: dims.len() };
        for (axis, (cut, &len)) in cuts.list.iter_mut().zip(dims).enumerate() {
            (cut.axis, cut.len) = (Some(axis), Some(len));
        }
        cuts
    }

    /// The cuts in order.
    pub fn as_slice(&self) -> &[Cut] {
        &self.list[..self.len]
    }

    /// The cut of an axis of the operand, where all are whole yet.
    pub fn of_axis(&mut self, axis: usize) -> &mut Cut {
        &mut self.list[axis]
    }

    /// The shape that is left; `None` if `S` is another one.
    pub fn shape<S: Shape>(&self) -> Option<S> {
        let (mut dims, mut rank) = ([0; 12], 0);
        for len in self.as_slice().iter().filter_map(|cut| cut.len) {
            dims[rank] = len;
            rank += 1;
        }
        S::from_dims(&dims[..rank])
    }
}

impl<T, const F: usize, const B: usize> Slices<T, F, B> {
    /// The axes of the result, in order, for an operand of these sizes.
    ///
    /// # Errors
    /// [`Outside`] where a bound or index lies outside of an axis whose size the type does not know.
    pub fn cuts(&self, dims: &[usize]) -> Result<Cuts, Outside> {
        let takes = |items: &[Taken]| items.iter().filter(|item| **item != Taken::New).count();
        let (mut cuts, mut axis) = (Cuts::whole(&[]), 0);
        let mut take = |items: &mut dyn Iterator<Item = Taken>| {
            for item in items {
                cuts.list[cuts.len] = cut(item, axis, dims)?;
                cuts.len += 1;
                axis += usize::from(item != Taken::New);
            }
            Ok::<(), Outside>(())
        };
        let whole = Taken::Span { start: None, stop: None, step: 1 };
        let unnamed = dims.len() - takes(&self.front) - takes(&self.back);
        take(&mut self.front.into_iter())?;
        take(&mut std::iter::repeat_n(whole, unnamed))?;
        take(&mut self.back.into_iter().rev())?;
        Ok(cuts)
    }
}

fn cut(item: Taken, axis: usize, dims: &[usize]) -> Result<Cut, Outside> {
    let Taken::Span { start, stop, step } = item else {
        return match item {
            Taken::Index(index) => {
                let len = dims[axis];
                let start = from_end(index, len).filter(|&start| start < len);
                let start = start.ok_or_else(|| Outside { slice: index.to_string(), axis, len })?;
                Ok(Cut { axis: Some(axis), start, len: None, step: 1 })
            }
            _ => Ok(Cut { axis: None, start: 0, len: Some(1), step: 1 }),
        };
    };
    let len = dims[axis];
    let error = || Outside { slice: text(start, stop, step), axis, len };
    let bound = |bound: isize| from_end(bound, len).filter(|&bound| bound <= len).ok_or_else(error);
    let (first, span) = if step > 0 {
        let (first, end) = (start.map_or(Ok(0), bound)?, stop.map_or(Ok(len), bound)?);
        (first, end.checked_sub(first).ok_or_else(error)?)
    } else {
        // Backwards from the one after `first - 1` until after `end - 1`.
        let first = start.map_or(Ok(len), |start| bound(start).map(|start| start + 1))?;
        let end = stop.map_or(Ok(0), |stop| bound(stop).map(|stop| stop + 1))?;
        if first > len {
            return Err(error());
        }
        (first.saturating_sub(1), first.checked_sub(end).ok_or_else(error)?)
    };
    Ok(Cut { axis: Some(axis), start: first, len: Some(span.div_ceil(step.unsigned_abs())), step })
}

fn from_end(bound: isize, len: usize) -> Option<usize> {
    if bound >= 0 { Some(bound as usize) } else { len.checked_sub(bound.unsigned_abs()) }
}

/// As NumPy writes it.
fn text(start: Option<isize>, stop: Option<isize>, step: isize) -> String {
    let bound = |bound: Option<isize>| bound.map_or(String::new(), |bound| bound.to_string());
    let step = if step == 1 { String::new() } else { format!(":{step}") };
    format!("{}:{}{step}", bound(start), bound(stop))
}
