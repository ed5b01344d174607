//! Slices: parts of a tensor as views, and writing into them.
//!
//! Apart from `views`, whose results hold every element once.

use super::lengths::{counted, dim};
use super::views::{ViewOf, view};
use crate::device::{Host, SameDevice};
use crate::dims::{D, Dim, DivDim};
use crate::dtype::Elem;
use crate::error::{Error, collected, differ, raise};
use crate::graph::{Located, Operand};
use crate::layout::{Axes, MAX_AXES, Strided};
use crate::ops::Term;
use crate::shape::cuts::{Cuts, Fault, Outside, Position};
use crate::shape::slice::{AtLeast, Shorten, Sliced, Slices};
use crate::shape::{AxisAt, BroadcastTo, HasAxes, InParts, PartOf, Shape, WithAxis};
use crate::tensor::Tensor;

/// `S` with the `N`th part of axis `I`.
pub type Chunked<S, const I: isize, const N: usize> = WithAxis<S, I, PartOf<<S as AxisAt<I>>::At, D<N>>>;

/// Parts of tensors, of any element type. All are views: nothing is copied, and fused loops read them in place.
pub trait Slicing: Operand + Sized {
    /// The part that [`s!`](crate::s!) names. `dx` is `dy` there, and 0 elsewhere.
    ///
    /// An index or bound outside of an axis does not compile where the size is static, and raises [`Error::Slice`]
    /// where only the run knows it. Where it knows the length alone, because of the axis or of the bounds, the part has
    /// a name: parts of one name and size meet like any other axes. A name of another size raises [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2, 3, 4], [5, 6, 7, 8]]);
    /// let y: Tensor<Shape![2, 2], i64> = x.slice(s![.., ::-2]).eval();
    /// assert_eq!(y, Cpu.tensor([[4, 2], [8, 6]]));
    /// assert_eq!(x.slice(s![1, 1..]).eval(), Cpu.tensor([6, 7, 8]));
    ///
    /// dims! { Steps = ?, Inner = ? }
    /// let u = Cpu.from_fn((Steps(5),), |i| (i * i) as f64);
    /// let (left, right) = (u.slice(s![Inner = ..-2]), u.slice(s![Inner = 2..]));
    /// let slope: Tensor<(Inner,), f64> = ((right - left) * 0.5).eval();
    /// assert_eq!(slope.as_slice(), [2.0, 4.0, 6.0]);
    /// let n = 1;
    /// assert_eq!(u.slice(s![Inner = n..2 * n + 1; n]).eval().as_slice(), [1.0, 4.0]);
    /// ```
    #[track_caller]
    fn slice<T, const F: usize, const B: usize>(
        self,
        slices: Slices<T, F, B>,
    ) -> ViewOf<Self, <Self::S as Sliced<T>>::Out>
    where
        Self::S: Sliced<T>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let cuts = within(slices.cuts(&x.shape.dims()));
        let shape = shape_of(&cuts);
        view(x, |_| shape, |memory| arranged::<Self::S, _>(memory, &cuts))
    }

    /// `length` elements of axis `I` from `start` on, PyTorch's `narrow`; `length` names the new axis. `dx` is `dy`
    /// there, and 0 elsewhere.
    ///
    /// What does not fit raises [`Error::Slice`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Part = ? }
    /// let x = Cpu.from_fn((Batch(5), D::<2>), |i| i as f64);
    /// let y = x.narrow::<0, _>(1, Part(2)).eval();
    /// assert_eq!((y.shape(), y.as_slice()), ((Part(2), D::<2>), &[2.0, 3.0, 4.0, 5.0][..]));
    /// ```
    #[track_caller]
    fn narrow<const I: isize, L: Dim>(self, start: usize, length: L) -> ViewOf<Self, WithAxis<Self::S, I, L>>
    where
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let (axis, len) = (<Self::S as AxisAt<I>>::INDEX, x.shape.at().size());
        if start.checked_add(length.size()).is_none_or(|end| end > len) {
            let slice = format!("{start}:{start}+{}", length.size());
            raise_outside(Outside { slice, fault: Fault::Outside, axis, len });
        }
        along::<I, _, _>(x, length, Window { start, step: 1 })
    }

    /// Element `index` of axis `I`, which goes; negative indices count from the end. PyTorch's `select`. `dx` is `dy`
    /// there, and 0 elsewhere. The index is of any integer type.
    ///
    /// An index outside raises [`Error::Slice`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4]]);
    /// assert_eq!(x.select::<0>(-1).eval(), Cpu.tensor([3, 4]));
    /// ```
    #[track_caller]
    fn select<const I: isize>(self, index: impl Position) -> ViewOf<Self, <Self::S as AxisAt<I>>::Removed>
    where
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let (x, index) = (self.ex(), index.place());
        let (axis, len) = (<Self::S as AxisAt<I>>::INDEX, x.shape.at().size());
        let start = if index < 0 { len.checked_sub(index.unsigned_abs()) } else { Some(index as usize) };
        let Some(start) = start.filter(|&start| start < len) else {
            raise_outside(Outside { slice: index.to_string(), fault: Fault::Outside, axis, len })
        };
        let mut cuts = Cuts::whole(&x.shape.dims());
        let cut = cuts.of_axis(axis);
        (cut.start, cut.len) = (start, None);
        view(x, AxisAt::remove, |memory| arranged::<Self::S, _>(memory, &cuts))
    }

    /// Axis `I` in reverse order, NumPy's `flip`. `dx` is `dy` reversed.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([1, 2, 3]).flip::<0>().eval(), Cpu.tensor([3, 2, 1]));
    /// ```
    fn flip<const I: isize>(self) -> ViewOf<Self, Self::S>
    where
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let mut cuts = Cuts::whole(&x.shape.dims());
        cuts.of_axis(<Self::S as AxisAt<I>>::INDEX).turn();
        view(x, |shape| shape, |memory| arranged::<Self::S, _>(memory, &cuts))
    }

    /// The axes `A` in reverse order. `dx` is `dy` reversed.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4]]);
    /// assert_eq!(x.flip_axes::<Axes![0, 1]>().eval(), Cpu.tensor([[4, 3], [2, 1]]));
    /// ```
    fn flip_axes<A>(self) -> ViewOf<Self, Self::S>
    where
        Self::S: HasAxes<A>,
        Self::N: Located<Self::E>,
    {
        let x = self.ex();
        let mut cuts = Cuts::whole(&x.shape.dims());
        let named = <Self::S as HasAxes<A>>::mask().into_iter().enumerate().filter(|(_, named)| *named);
        named.for_each(|(axis, _)| cuts.of_axis(axis).turn());
        view(x, |shape| shape, |memory| arranged::<Self::S, _>(memory, &cuts))
    }

    /// The first `N` elements of axis `I`, and the rest, whose size the compiler computes.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let (first, rest) = x.split_at::<-1, 1>();
    /// assert_eq!(rest.eval(), Cpu.tensor([[2.0, 3.0], [5.0, 6.0]]));
    /// assert_eq!(first.shape(), (D::<2>, D::<1>));
    /// ```
    #[expect(clippy::type_complexity, reason = "two views, written out")]
    fn split_at<const I: isize, const N: usize>(
        self,
    ) -> (
        ViewOf<Self, WithAxis<Self::S, I, D<N>>>,
        ViewOf<Self, WithAxis<Self::S, I, <<Self::S as AxisAt<I>>::At as Shorten<D<N>>>::Left>>,
    )
    where
        Self: Clone,
        D<N>: Dim,
        Self::S: AxisAt<I, At: AtLeast<D<N>> + Shorten<D<N>>>,
        Self::N: Located<Self::E>,
    {
        let (first, rest) = (self.clone().ex(), self.ex());
        let left = rest.shape.at().size() - N;
        let left = dim(left);
        (
            along::<I, _, _>(first, D, Window { start: 0, step: 1 }),
            along::<I, _, _>(rest, left, Window { start: N, step: 1 }),
        )
    }

    /// One view for each index of axis `I`, which goes. PyTorch's `unbind`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4], [5, 6]]);
    /// let columns: Vec<_> = x.unbind::<1>().into_iter().map(|column| column.eval()).collect();
    /// assert_eq!(columns[1], Cpu.tensor([2, 4, 6]));
    /// ```
    #[track_caller]
    fn unbind<const I: isize>(self) -> Vec<ViewOf<Self, <Self::S as AxisAt<I>>::Removed>>
    where
        Self: Copy,
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let len = self.ex().shape.at().size();
        collected(len, (0..len as isize).map(|index| self.select::<I>(index)))
    }

    /// Axis `I` in `N` equal parts, whose size the compiler computes; `N` must divide it. PyTorch's `chunk`. Each
    /// part's gradient is put where the part was.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2, 3, 4], [5, 6, 7, 8]]);
    /// let [left, right] = x.chunk::<-1, 2>();
    /// assert_eq!(left.eval(), Cpu.tensor([[1, 2], [5, 6]]));
    /// assert_eq!(right.shape(), (D::<2>, D::<2>));
    /// ```
    fn chunk<const I: isize, const N: usize>(self) -> [ViewOf<Self, Chunked<Self::S, I, N>>; N]
    where
        Self: Copy,
        Self::S: AxisAt<I, At: InParts<D<N>> + DivDim<D<N>>>,
        Self::N: Located<Self::E>,
    {
        let length = PartOf::<<Self::S as AxisAt<I>>::At, D<N>>::default();
        std::array::from_fn(|i| along::<I, _, _>(self, length, Window { start: i * length.size(), step: 1 }))
    }

    /// Views of `length` elements of axis `I` each, in order; the axis must be a multiple. PyTorch's `split`.
    ///
    /// Another length raises [`Error::Slice`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1, 2, 3, 4]);
    /// let parts = x.split::<0, _>(D::<2>).into_iter().map(|part| part.eval());
    /// assert!(parts.eq([Cpu.tensor([1, 2]), Cpu.tensor([3, 4])]));
    /// ```
    #[track_caller]
    fn split<const I: isize, L: Dim>(self, length: L) -> Vec<ViewOf<Self, WithAxis<Self::S, I, L>>>
    where
        Self: Copy,
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let (axis, len, part) = (<Self::S as AxisAt<I>>::INDEX, self.ex().shape.at().size(), length.size());
        if part == 0 || !len.is_multiple_of(part) {
            raise_outside(Outside { slice: format!("in parts of {part}"), fault: Fault::Uneven, axis, len });
        }
        collected(len / part, (0..len / part).map(|i| self.narrow::<I, L>(i * part, length)))
    }

    /// Views of axis `I` in parts of these sizes, in order, each of them an axis that `name` makes of its size. The
    /// sizes add up to the axis. PyTorch's `split` by a list. Each part's gradient is put where the part was.
    ///
    /// Sizes that do not add up raise [`Error::Slice`], a name of another size [`Error::Shape`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ?, Part = ? }
    /// let x = Cpu.from_fn((Batch(5),), |i| i as i64);
    /// let parts: Vec<Tensor<(Part,), i64>> =
    ///     x.split_as::<0, _>(&[2, 0, 3], Part).into_iter().map(|part| part.eval()).collect();
    /// assert_eq!((parts[0].to_vec(), parts[1].len(), parts[2].to_vec()), (vec![0, 1], 0, vec![2, 3, 4]));
    /// ```
    #[track_caller]
    fn split_as<const I: isize, L: Dim>(
        self,
        sizes: &[usize],
        name: impl Fn(usize) -> L,
    ) -> Vec<ViewOf<Self, WithAxis<Self::S, I, L>>>
    where
        Self: Copy,
        Self::S: AxisAt<I>,
        Self::N: Located<Self::E>,
    {
        let (axis, len) = (<Self::S as AxisAt<I>>::INDEX, self.ex().shape.at().size());
        if sizes.iter().try_fold(0, |sum: usize, &size| sum.checked_add(size)) != Some(len) {
            raise_outside(Outside { slice: format!("in parts of {sizes:?}"), fault: Fault::Uneven, axis, len });
        }
        let mut start = 0;
        let part = |&size: &usize| {
            let part = along::<I, _, _>(self, counted(size, &name), Window { start, step: 1 });
            start += size;
            part
        };
        collected(sizes.len(), sizes.iter().map(part))
    }
}
impl<X: Operand> Slicing for X {}

impl<S: Shape, E: Elem, D: Host> Tensor<S, E, D> {
    /// Writes `value`, an operand or a number, into the part that [`s!`](crate::s!) names; it broadcasts to the part. A
    /// tensor that shares its memory is copied first.
    ///
    /// Sizes that differ at run time raise [`Error::Sizes`], and a part outside raises [`Error::Slice`], before
    /// anything is written. The value may be made of other parts of the same tensor: it is computed first.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut x = Cpu.zeros::<Shape![2, 3]>();
    /// x.assign(s![.., 1..], &Cpu.tensor([7.0, 8.0]));
    /// x.assign(s![1, ::2], 1.0);
    /// assert_eq!(x, Cpu.tensor([[0.0, 7.0, 8.0], [1.0, 7.0, 1.0]]));
    ///
    /// dims! { Rows = ?, Columns = ?, High = ?, Wide = ? }
    /// let mut u = Cpu.from_fn((Rows(3), Columns(4)), |i| i as f64);
    /// let (above, below) = (u.slice(s![High = ..-2, Wide = 1..-1]), u.slice(s![High = 2.., Wide = 1..-1]));
    /// u.assign(s![High = 1..-1, Wide = 1..-1], (above - below) * 0.5);
    /// assert_eq!(u.as_slice()[4..8], [4.0, -4.0, -4.0, 7.0]);
    /// ```
    #[track_caller]
    pub fn assign<T, V, const F: usize, const B: usize>(&mut self, slices: Slices<T, F, B>, value: V)
    where
        S: Sliced<T>,
        V: Term<E, D, S: BroadcastTo<<S as Sliced<T>>::Out>>,
        V::N: Located<E>,
        D: SameDevice<V::D>,
    {
        let cuts = within(slices.cuts(&self.shape.dims()));
        let part: <S as Sliced<T>>::Out = shape_of(&cuts);
        let value = value.term(self.device);
        if let Err(mismatch) = BroadcastTo::expand(value.shape, part) {
            differ(mismatch);
        }
        let from = value.node.located(self.device, value.shape);
        let from = Strided { axes: from.axes.along(&Axes::contiguous(part).size), ..from };
        let values = self.device.copy_strided(&from);
        drop((from, value)); // What it held of this tensor's memory would have to be copied.
        let there =
            arranged::<S, E>(Strided { buf: self.buf.clone(), offset: 0, axes: Axes::contiguous(self.shape) }, &cuts);
        let (offset, axes) = (there.offset, there.axes);
        drop(there);
        self.device.put_strided(&mut self.buf, offset, &axes, &values);
    }
}

#[track_caller]
fn raise_outside(outside: Outside) -> ! {
    raise(outside.into())
}

/// A `match` keeps the place of the caller, where a closure has one of its own.
#[track_caller]
fn within(cuts: Result<Cuts, Outside>) -> Cuts {
    match cuts {
        Ok(cuts) => cuts,
        Err(outside) => raise_outside(outside),
    }
}

/// Where the elements of an axis begin, and which way they go.
pub(in crate::ops) struct Window {
    pub(in crate::ops) start: usize,
    pub(in crate::ops) step: isize,
}

/// Axis `I` cut to `length` elements.
pub(in crate::ops) fn along<const I: isize, X, L: Dim>(
    x: X,
    length: L,
    window: Window,
) -> ViewOf<X, WithAxis<X::S, I, L>>
where
    X: Operand<S: AxisAt<I>, N: Located<X::E>>,
{
    let x = x.ex();
    let mut cuts = Cuts::whole(&x.shape.dims());
    let cut = cuts.of_axis(<X::S as AxisAt<I>>::INDEX);
    (cut.start, cut.len, cut.step) = (window.start, Some(length.size()), window.step);
    view(x, |shape| shape.with(length), |memory| arranged::<X::S, _>(memory, &cuts))
}

/// The shape that the cuts leave. Only a name can have another size: the other axes are computed by the law.
#[track_caller]
fn shape_of<S: Shape>(cuts: &Cuts) -> S {
    match cuts.shape() {
        Some(shape) => shape,
        None => raise(Error::Shape { found: cuts.dims(), wanted: S::describe_type() }),
    }
}

/// The memory of an operand of shape `S` along the axes that the cuts leave.
#[track_caller]
fn arranged<S: Shape, E>(memory: Strided<E>, cuts: &Cuts) -> Strided<E> {
    let cuts = cuts.as_slice();
    let own = |axis: usize| MAX_AXES - S::RANK + axis;
    let mut axes = Axes { size: [1; MAX_AXES], stride: [0; MAX_AXES] };
    let mut place = MAX_AXES - cuts.iter().filter(|cut| cut.len.is_some()).count();
    let mut offset = memory.offset as isize;
    for cut in cuts {
        let stride = cut.axis.map_or(0, |axis| memory.axes.stride[own(axis)]);
        // An empty part begins nowhere.
        if cut.len != Some(0) {
            offset += cut.start as isize * stride;
        }
        if let Some(len) = cut.len {
            (axes.size[place], axes.stride[place]) = (len, stride * cut.step);
            place += 1;
        }
    }
    Strided { offset: offset as usize, axes, ..memory }
}
