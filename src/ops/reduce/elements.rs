//! Operands whose elements are compared, of every element type; what is picked from floats is differentiable.
//!
//! Apart from the operations because all of them begin here, and end by picking elements.

use super::layout::{Layout, several};
use crate::device::{Buf, Device, OrderWork};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::error::{Error, OrRaise, raise};
use crate::graph::{Described, Differentiable, Ex, Given, Lazy, Located, Operand, Ruled, SlopeRule, Work};
use crate::layout::{Strided, count};
use crate::loops::Rows;
use crate::shape::{AxisAt, Reduce, Shape};
use crate::tensor::Tensor;

/// An operand that can be computed and read: every expression that is a whole tensor.
#[diagnostic::on_unimplemented(
    message = "the elements of this operand cannot be compared or found again",
    label = "expected a whole tensor by reference, or an expression",
    note = "the value of `share` lives in a register, one element at a time: share the tensor by `with`"
)]
pub trait Elements: Operand + Sized {
    /// Computes the elements.
    fn read(self) -> Values<Self>;
    /// Computes the elements for a tensor of them, through which no gradient flows.
    fn read_apart(self) -> Values<Self>;
    /// The elements at these places in memory. Each place adds its gradient to the element that it came from.
    fn pick<S: Shape>(values: Values<Self>, places: Buf<i64>, shape: S) -> PickedOf<Self, S>;
    /// The elements along each row in order. Their places are asked for only where gradients will take that way back.
    fn sorted(values: Values<Self>, rows: Rows, descending: bool) -> PickedOf<Self, Self::S>;
}

/// The elements of an operand, and where they came from.
pub struct Values<X: Operand> {
    pub(in crate::ops) origin: X::N,
    pub(in crate::ops) buf: Buf<X::E>,
    pub(in crate::ops) shape: X::S,
    pub(in crate::ops) device: X::D,
}

/// Elements of `X` under shape `S`.
pub type PickedOf<X, S> = Ruled<X, S, PickBack>;

/// Indices into `X`, or counts of its elements, under shape `S`.
pub type IndicesOf<X, S> = Tensor<S, i64, <X as Operand>::D>;

#[diagnostic::do_not_recommend]
impl<X: Operand<N: Located<X::E>>> Elements for X {
    #[track_caller]
    fn read(self) -> Values<X> {
        let x = self.ex();
        Values { buf: x.materialise(), origin: x.node, shape: x.shape, device: x.device }
    }

    #[track_caller]
    fn read_apart(self) -> Values<X> {
        let values = self.read();
        values.origin.cut();
        values
    }

    fn pick<S: Shape>(values: Values<X>, places: Buf<i64>, shape: S) -> PickedOf<X, S> {
        let out = take(values.device, &values.buf, &places);
        Ex::new(values.origin, values.shape, values.device).ruled(out, shape, PickBack { places })
    }

    fn sorted(values: Values<X>, rows: Rows, descending: bool) -> PickedOf<X, X::S> {
        let Values { origin, buf, shape, device } = values;
        if <X::N as Lazy<X::E>>::Grad::ON && origin.live() {
            let indices = device.order_rows(rows, &buf, descending, rows.len);
            let places = places(device, rows, rows.len, &indices);
            return X::pick(Values { origin, buf, shape, device }, places, shape);
        }
        let out = device.sort_rows(rows, &buf, descending);
        Ex::new(origin, shape, device).ruled(out, shape, PickBack { places: Buf::zeros(0) })
    }
}

/// The rule of picked elements: each gradient is added to where its element came from.
pub struct PickBack {
    places: Buf<i64>,
}

impl Described for PickBack {
    const NAME: &'static str = "take";
    const KIND: Work = Work::Lookup;
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for PickBack {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let mut sums = device.zeroed(count(x.shape));
        device.add_rows(&mut sums, 1, &self.places, &gradient);
        sums
    }
}

/// The elements at these places.
#[track_caller]
pub(in crate::ops) fn take<E: Elem, D: Device>(device: D, values: &Buf<E>, places: &Buf<i64>) -> Buf<E> {
    device.take_rows(values, 1, places).or_raise()
}

/// Which rows an operation runs along, and the shape of one result a row.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Along<S> {
    pub(in crate::ops) rows: Rows,
    pub(in crate::ops) shape: S,
    /// The axis, or several of them.
    axis: Option<isize>,
    /// How several axes are gathered that do not lie side by side.
    layout: Option<Layout>,
}

/// All elements are one row.
#[track_caller]
pub(in crate::ops) fn all<S: Shape>(shape: S) -> Along<()> {
    Along { rows: Rows::new(1, count(shape), 1), shape: (), axis: None, layout: None }
}

/// The rows along the axes `A`, which vanish.
pub(in crate::ops) fn several_removed<S: Reduce<A>, A>(shape: S) -> Along<S::Removed> {
    let layout = Layout::new(shape, several::<S, A>());
    Along { rows: layout.rows, shape: shape.removed(), axis: None, layout: Some(layout) }
}

/// The rows along the axes `A`, which stay as `D<1>`.
pub(in crate::ops) fn several_kept<S: Reduce<A>, A>(shape: S) -> Along<S::Kept> {
    let layout = Layout::new(shape, several::<S, A>());
    Along { rows: layout.rows, shape: shape.kept(), axis: None, layout: Some(layout) }
}

/// The rows along axis `I`, which vanishes.
pub(in crate::ops) fn removed<S: AxisAt<I>, const I: isize>(shape: S) -> Along<S::Removed> {
    Along { rows: rows_of::<S, I>(shape), shape: shape.remove(), axis: Some(I), layout: None }
}

/// The rows along axis `I`, which stays as `D<1>`.
pub(in crate::ops) fn kept<S: AxisAt<I>, const I: isize>(shape: S) -> Along<S::Keep> {
    Along { rows: rows_of::<S, I>(shape), shape: shape.keep(), axis: Some(I), layout: None }
}

/// The rows along axis `I`.
pub(in crate::ops) fn rows_of<S: AxisAt<I>, const I: isize>(shape: S) -> Rows {
    Rows::along(&shape.dims(), S::INDEX, S::INDEX)
}

impl<S> Along<S> {
    /// The place of each element of the rows in a tensor of shape `shape`; `None` where they lie there as rows.
    #[track_caller]
    pub(in crate::ops) fn gathered<S2: Shape, D: Device>(&self, device: D, shape: S2) -> Option<Buf<i64>> {
        let axes = self.layout.as_ref()?.permuted(shape)?;
        let places: Vec<i64> = (0..count(shape) as i64).collect();
        Some(device.copy_strided(&Strided { buf: device.upload(&places), offset: 0, axes }))
    }

    /// Raises [`Error::Empty`] where rows without elements would have to give one.
    #[track_caller]
    pub(in crate::ops) fn need_elements<S2: Shape>(&self, what: &str, shape: S2) {
        if self.rows.len > 0 {
            return;
        }
        let shape = shape.describe();
        let what = match self.axis {
            Some(axis) => format!("{what}: axis {axis} of {shape}"),
            None => format!("{what}: {shape}"),
        };
        raise(Error::Empty { what });
    }
}

/// The places in memory of the elements with these indices along their rows, of which each has `keep`.
pub(in crate::ops) fn places<D: Device>(device: D, rows: Rows, keep: usize, indices: &Buf<i64>) -> Buf<i64> {
    let Rows { outer, len, inner } = rows;
    if outer == 1 && inner == 1 {
        return indices.clone();
    }
    let mut places = Buf::zeros(indices.len());
    device.show(indices, |indices| {
        // Not block by block of `outer`: of those without elements there may be more than a loop can walk over.
        let size = (keep * inner).max(1);
        let blocks = places.make_mut().chunks_exact_mut(size).zip(indices.chunks_exact(size));
        for (block, (places, indices)) in blocks.enumerate() {
            for (place, (to, &index)) in places.iter_mut().zip(indices).enumerate() {
                *to = ((block * len + index as usize) * inner + place % inner) as i64;
            }
        }
    });
    device.adopt(places)
}
