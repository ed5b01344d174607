//! Slicing: what `s![1.., ..-1, ::2, 3, .., new]` makes of a shape.
//!
//! Apart from `axis.rs` because a slice speaks of all axes at once. The macro prints one item an axis as a type, from
//! which the law computes the new axes, and as a value, from which the run computes where the elements lie.

use super::cuts::{Cuts, Outside, Taken};
use super::{Append, Appended, AxisAt, LastAxis, Prepend, Prepended, Shape};
use congruent_dims::{D, Dim, Off, On, One, SubDim, WindowDim};
use std::marker::PhantomData;

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
    /// So many elements as the run computes, a dim `L`.
    pub struct Named<L>(PhantomData<L>);
    /// One element, known when the program runs.
    pub struct RunTimeIndex;
}
use item::{End, Index, Less, Named, New, RunTimeIndex, Stepped, Take, Whole, Window};

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
    note = "where only the run knows the size, name what is left: `s![Name = 1..]`, `diff_as::<0, _>(Name)`"
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
    note = "where only the run knows the size, name what is left: `s![Name = ::2]`"
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
impl<A: Dim, L: Dim> TakenFrom<A> for Named<L> {
    type Left = KeptAxis<L>;
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
/// | `Inner = 1..-1`, `Inner = a..b` | `Inner`, whose size the run computes |
/// | `3`, `-1`, `i` | nothing |
/// | `new` | `D<1>`, a further axis |
pub trait Sliced<T>: Shape {
    /// The shape of the slice.
    type Out: Shape;
}
impl<S: Shape, F, B: Back<S, F>> Sliced<(F, B)> for S {
    type Out = B::Left;
}

impl<T, const F: usize, const B: usize> Slices<T, F, B> {
    /// The axes of the result, in order, for an operand of these sizes.
    ///
    /// # Errors
    /// [`Outside`] where an axis whose size the type does not know has no such part.
    pub fn cuts(&self, dims: &[usize]) -> Result<Cuts, Outside> {
        Cuts::of(&self.front, &self.back, dims)
    }
}
