//! A second tensor written or added to places that indices name.
//!
//! Apart from `select`, whose gradients these are and the other way round. What is written twice is decided by the
//! order of the indices: the last one stays, sums are added in order.

use super::super::{NodeOver, Operand};
use super::indices::{Indices, Line, Rows};
use super::scatter_reduce::{Combined, ScatterReduce, combine};
use super::select::along;
use crate::device::{Buf, Device, SameDevice};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::error::raise;
use crate::graph::{Ex, Lazy, Node, Op, Pullback, count, materialise};
use crate::shape::{AlongAxis, AxisAt, IndexList, LengthOf, Mismatch, SameShape, Shape, WithAxis};
use crate::tensor::Tensor;

/// Writing and adding at indices. Negative indices count from the end; one outside of the axis raises
/// [`Error::Index`](crate::Error::Index), run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
///
/// Indices and source are parameters of the trait so that methods can be called with the axis alone, `x.scatter::<1>`.
pub trait Scattering<Ids, Y>: Operand + Sized {
    /// Writes one element for each index, along axis `I`: `y[i, ids[i, j, k], k] = src[i, j, k]` for `I = 1`, else `x`.
    /// NumPy's `put_along_axis`. Any element type; of elements written to one place the last stays.
    ///
    /// `dx = dy` where nothing was written, else 0; `dsrc` is `dy` at the place, and 0 where a later element was
    /// written. `ids` and `src` have one shape, which is that of `x` but along axis `I`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 3]>();
    /// let y = x.scatter::<1>(&Cpu.tensor([[2], [0]]), &Cpu.tensor([[5.0], [6.0]])).eval();
    /// assert_eq!(y.as_slice(), [0.0, 0.0, 5.0, 6.0, 0.0, 0.0]);
    /// ```
    #[doc(alias = "put_along_axis")]
    #[track_caller]
    fn scatter<const I: isize>(self, ids: Ids, src: Y) -> Put<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I> + SameShape<Y::S>>,
        Self: Receives<<Self as Operand>::E, Y>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.put(src, |shape, src, device| {
            same("scatter", ids.shape(), src);
            along::<I, _, _, _>(shape, device, &ids)
        })
    }

    /// Adds one element for each index, along axis `I`: `y[i, ids[i, j, k], k] += src[i, j, k]` for `I = 1`, in the
    /// order of the indices.
    ///
    /// `dx = dy`, `dsrc` is `dy` at the place. Shapes as of [`scatter`](Scattering::scatter).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([10.0, 20.0]);
    /// let y = x.scatter_add::<0>(&Cpu.tensor([1, 1, -2]), &Cpu.tensor([1.0, 2.0, 3.0])).eval();
    /// assert_eq!(y.as_slice(), [13.0, 23.0]);
    /// ```
    #[track_caller]
    fn scatter_add<const I: isize>(self, ids: Ids, src: Y) -> Added<Self, Y>
    where
        Y: Operand,
        Self::E: Real,
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I> + SameShape<Y::S>>,
        Self::N: Node<Self::E>,
        Y::N: NodeOver<Self::E, Y::E>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        add(self, src, |shape, src, device| {
            same("scatter_add", ids.shape(), src);
            along::<I, _, _, _>(shape, device, &ids)
        })
    }

    /// Writes whole slices of axis `I`, by a list of indices: `y[.., ids[j], ..] = src[.., j, ..]`, else `x`. Rows are
    /// slices of axis 0, which PyTorch writes as `index_put`. Any element type; of slices written to one place the
    /// last stays.
    ///
    /// `dx = dy` where nothing was written, else 0; `dsrc` is `dy` at the place, and 0 where a later slice was written.
    /// `src` has the shape of `x`, with the axis of `ids` in place of axis `I`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4], [5, 6]]);
    /// let y = x.index_copy::<0>(&Cpu.tensor([-1]), &Cpu.tensor([[8, 9]]));
    /// assert_eq!(y.as_slice(), [1, 2, 3, 4, 8, 9]);
    /// ```
    #[doc(alias = "index_put")]
    #[track_caller]
    fn index_copy<const I: isize>(self, ids: Ids, src: Y) -> Put<Self, Y>
    where
        Y: Operand,
        Self::S: AxisAt<I>,
        Ids: Indices<S: IndexList>,
        WithAxis<Self::S, I, LengthOf<Ids::S>>: SameShape<Y::S>,
        Self: Receives<<Self as Operand>::E, Y>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        self.put(src, |shape, src, device| {
            same("index_copy", shape.with(ids.shape().length()), src);
            Line::of::<I, _>(shape).rows(device, &ids.values())
        })
    }

    /// Adds whole slices to axis `I`, by a list of indices: `y[.., ids[j], ..] += src[.., j, ..]`, in the order of `j`.
    ///
    /// `dx = dy`, `dsrc` is `dy` at the place. Shapes as of [`index_copy`](Scattering::index_copy).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.zeros::<Shape![2, 2]>();
    /// let y = x.index_add::<0>(&Cpu.tensor([1, 1]), &Cpu.tensor([[1.0, 2.0], [3.0, 4.0]])).eval();
    /// assert_eq!(y.as_slice(), [0.0, 0.0, 4.0, 6.0]);
    /// ```
    #[track_caller]
    fn index_add<const I: isize>(self, ids: Ids, src: Y) -> Added<Self, Y>
    where
        Y: Operand,
        Self::E: Real,
        Self::S: AxisAt<I>,
        Ids: Indices<S: IndexList>,
        WithAxis<Self::S, I, LengthOf<Ids::S>>: SameShape<Y::S>,
        Self::N: Node<Self::E>,
        Y::N: NodeOver<Self::E, Y::E>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        add(self, src, |shape, src, device| {
            same("index_add", shape.with(ids.shape().length()), src);
            Line::of::<I, _>(shape).rows(device, &ids.values())
        })
    }

    /// Combines one element for each index with what is there, along axis `I`: the sum, product, mean, largest or
    /// smallest of `x[i, j, k]` and every `src` whose index leads there. PyTorch's, with `include_self`.
    ///
    /// Sums and means pass `dy` (over the number of elements) on to all that met; products `dy` times the product of
    /// the others; extremes share it equally among ties. Shapes as of [`scatter`](Scattering::scatter).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let (x, src) = (Cpu.tensor([2.0, 3.0]), Cpu.tensor([5.0, 7.0, 1.0]));
    /// let ids = Cpu.tensor([0, 0, 1]);
    /// assert_eq!(x.scatter_reduce::<0>(&ids, &src, ScatterReduce::Prod).eval().as_slice(), [70.0, 3.0]);
    /// assert_eq!(x.scatter_reduce::<0>(&ids, &src, ScatterReduce::Mean).eval().as_slice(), [14.0 / 3.0, 2.0]);
    /// ```
    #[track_caller]
    fn scatter_reduce<const I: isize>(self, ids: Ids, src: Y, how: ScatterReduce) -> Combined<Self, Y>
    where
        Y: Operand,
        Self::E: Real,
        Self::S: AxisAt<I>,
        Ids: Indices<S: AlongAxis<Self::S, I> + SameShape<Y::S>>,
        Self::N: Node<Self::E>,
        Y::N: NodeOver<Self::E, Y::E>,
        Self::D: SameDevice<Ids::D> + SameDevice<Y::D>,
    {
        combine(self, src, how, |shape, src, device| {
            same("scatter_reduce", ids.shape(), src);
            along::<I, _, _, _>(shape, device, &ids)
        })
    }
}
impl<X: Operand, Ids, Y> Scattering<Ids, Y> for X {}

/// Run-time sizes of the source are those that are wanted.
#[track_caller]
pub(super) fn same<S: Shape, S2: Shape>(law: &'static str, wanted: S, src: S2) {
    if wanted.dims().as_slice() != src.dims().as_slice() {
        raise(Mismatch::new(law, wanted, src).into());
    }
}

/// An operand over elements `E` to which the elements of `Y` can be written.
#[diagnostic::on_unimplemented(
    message = "this operation writes elements of one tensor to another, and both must hold one element type",
    label = "does not receive elements of the second tensor: it holds `{E}`",
    note = "convert one side: `y.cast::<{E}>()`; integers and masks are passed by reference, `&labels`"
)]
pub trait Receives<E: Elem, Y: Operand>: Operand {
    /// What comes of it: an expression, or a tensor where there is no gradient.
    type Out;

    /// Writes rows of the source, in order, to those that `to` names.
    fn put(self, src: Y, to: impl FnOnce(Self::S, Y::S, Self::D) -> Rows) -> Self::Out;
}

/// What comes of writing elements of `Y` to `X`.
pub type Put<X, Y> = <X as Receives<<X as Operand>::E, Y>>::Out;

#[diagnostic::do_not_recommend]
impl<E, X, Y> Receives<E, Y> for X
where
    E: Real,
    X: Operand<E = E, N: Node<E>>,
    Y: Operand<E = E, N: Node<E>>,
{
    type Out = Ex<X::S, E, X::D, Writing<X::S, E, X::N, Y::S, Y::N>>;

    fn put(self, src: Y, to: impl FnOnce(X::S, Y::S, X::D) -> Rows) -> Self::Out {
        let (x, src) = (self.ex(), src.ex());
        let rows = to(x.shape, src.shape, x.device);
        let mut out = x.device.unshared(x.materialise());
        x.device.put_rows(&mut out, rows.width, &rows.places, &materialise(x.device, &src.node, src.shape));
        let back = WritingBack { x: x.node, shape: x.shape, src: src.node, src_shape: src.shape, rows, adds: false };
        Ex::new(Op::new(out, x.shape, back), x.shape, x.device)
    }
}

macro_rules! without_gradient {
    ($($E:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape, S2: Shape, D: Device> Receives<$E, &Tensor<S2, $E, D>> for &Tensor<S, $E, D> {
            type Out = Tensor<S, $E, D>;

            fn put(self, src: &Tensor<S2, $E, D>, to: impl FnOnce(S, S2, D) -> Rows) -> Tensor<S, $E, D> {
                let rows = to(self.shape, src.shape, self.device);
                let mut buf = self.device.unshared(self.buf.clone());
                self.device.put_rows(&mut buf, rows.width, &rows.places, &src.buf);
                Tensor { buf, shape: self.shape, device: self.device }
            }
        }
    )*};
}
without_gradient! { i64 i32 u8 bool }

/// The node of writing or adding one tensor to another.
pub type Writing<S, E, N, S2, N2> = Op<S, E, WritingBack<S, N, S2, N2>>;

/// What comes of adding elements of `Y` to `X`.
pub type Added<X, Y> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    Writing<
        <X as Operand>::S,
        <X as Operand>::E,
        <X as Operand>::N,
        <Y as Operand>::S,
        <<Y as Operand>::N as NodeOver<<X as Operand>::E, <Y as Operand>::E>>::Node,
    >,
>;

#[track_caller]
fn add<X, Y>(x: X, src: Y, to: impl FnOnce(X::S, Y::S, X::D) -> Rows) -> Added<X, Y>
where
    X: Operand<E: Real, N: Node<X::E>>,
    Y: Operand<N: NodeOver<X::E, Y::E>>,
{
    let (x, src) = (x.ex(), src.ex());
    let (node, src_shape) = (src.node.node(), src.shape);
    let rows = to(x.shape, src_shape, x.device);
    let mut out = x.device.unshared(x.materialise());
    x.device.add_rows(&mut out, rows.width, &rows.places, &materialise(x.device, &node, src_shape));
    let back = WritingBack { x: x.node, shape: x.shape, src: node, src_shape, rows, adds: true };
    Ex::new(Op::new(out, x.shape, back), x.shape, x.device)
}

/// The backward of writing and adding: what was written over has no gradient.
pub struct WritingBack<S, N, S2, N2> {
    x: N,
    shape: S,
    src: N2,
    src_shape: S2,
    rows: Rows,
    adds: bool,
}

impl<E, S, N, S2, N2> Pullback<E> for WritingBack<S, N, S2, N2>
where
    E: Real,
    S: Shape,
    N: Lazy<E>,
    S2: Shape,
    N2: Lazy<E>,
{
    type Grad = <N::Grad as Flag>::Or<N2::Grad>;

    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        if N2::Grad::ON && self.src.live() {
            let own = gradient_of_source(device, &self.rows, self.adds, &gradient, count(self.src_shape));
            self.src.accept(device, self.src_shape, own);
        }
        if N::Grad::ON && self.x.live() {
            let mut own = gradient;
            if !self.adds {
                own = device.unshared(own);
                self.rows.clear(device, &mut own);
            }
            self.x.accept(device, self.shape, own);
        }
    }

    fn live(&self) -> bool {
        (N::Grad::ON && self.x.live()) || (N2::Grad::ON && self.src.live())
    }
}

/// `dy` at the places, 0 for rows that were written over, and 0 for the elements of a source that was longer.
fn gradient_of_source<E: Real, D: Device>(device: D, rows: &Rows, adds: bool, gradient: &Buf<E>, len: usize) -> Buf<E> {
    let mut taken = rows.take(device, gradient);
    if !adds {
        let lost = written_over(&device.download(&rows.places));
        Rows::new(device, rows.width, lost).clear(device, &mut taken);
    }
    if taken.len() == len {
        return taken;
    }
    let mut whole = device.zeroed(len);
    let front: Vec<i64> = (0..taken.len() as i64).collect();
    device.put_rows(&mut whole, 1, &device.upload(&front), &taken);
    whole
}

/// The rows to whose place a later one was written.
fn written_over(places: &[i64]) -> Vec<i64> {
    let mut last = vec![0; places.iter().max().map_or(0, |&largest| largest as usize + 1)];
    (0..).zip(places).for_each(|(row, &place): (i64, _)| last[place as usize] = row);
    (0..).zip(places).filter(|&(row, &place)| last[place as usize] != row).map(|(row, _)| row).collect()
}
