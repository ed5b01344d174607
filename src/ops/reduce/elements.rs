//! Operands whose elements are compared, of every element type: what is picked from floats is differentiable, what is
//! picked from integers is a tensor.
//!
//! Apart from the operations because all of them begin here, and end by picking elements.

use super::layout::{Layout, several};
use crate::device::{Buf, Device};
use crate::dtype::{Discrete, Elem, NoFloat, Real};
use crate::error::{Error, raise};
use crate::graph::{Differentiable, Ex, Given, Lazy, Located, Node, Operand, Ruled, SlopeRule, materialise};
use crate::layout::{Strided, count};
use crate::loops::Rows;
use crate::shape::{AxisAt, Reduce, Shape};
use crate::tensor::Tensor;

/// An operand that can be computed and read: every expression that is a whole tensor.
#[diagnostic::on_unimplemented(
    message = "the elements of this operand cannot be compared or found again",
    label = "expected a whole tensor by reference, or an expression",
    note = "the value of `share` lives in a register, one element at a time: share the tensor by `with`",
    note = "code that is generic over the element type `E` says `where E: Real` or `where E: Integer`"
)]
pub trait Elements: Operand + Sized {
    /// The graph that gradients flow back to.
    type Origin;
    /// Elements of it under shape `S`: an expression where they are floats, else a tensor.
    type Picked<S: Shape>;
    /// Computes the elements.
    fn read(self) -> Values<Self>;
    /// Computes the elements for a tensor of them, through which no gradient flows.
    fn read_apart(self) -> Values<Self>;
    /// The elements at these places in memory. Each place adds its gradient to the element that it came from.
    fn pick<S: Shape>(values: Values<Self>, places: Buf<i64>, shape: S) -> Self::Picked<S>;
}

/// The elements of an operand, and where they came from.
pub struct Values<X: Elements> {
    pub(in crate::ops) origin: X::Origin,
    pub(in crate::ops) buf: Buf<X::E>,
    pub(in crate::ops) shape: X::S,
    pub(in crate::ops) device: X::D,
}

/// Elements of `X` under shape `S`.
pub type PickedOf<X, S> = <X as Elements>::Picked<S>;

/// Indices into `X`, or counts of its elements, under shape `S`.
pub type IndicesOf<X, S> = Tensor<S, i64, <X as Operand>::D>;

#[diagnostic::do_not_recommend]
impl<X: Picks<<<X as Operand>::E as Elem>::Float>> Elements for X {
    type Origin = X::From;
    type Picked<S: Shape> = X::To<S>;

    #[track_caller]
    fn read(self) -> Values<X> {
        let (origin, buf, shape, device) = self.values();
        Values { origin, buf, shape, device }
    }

    #[track_caller]
    fn read_apart(self) -> Values<X> {
        let values = self.read();
        X::cut(&values.origin);
        values
    }

    fn pick<S: Shape>(values: Values<X>, places: Buf<i64>, shape: S) -> Self::Picked<S> {
        let out = take(values.device, &values.buf, &places);
        X::picked(values.origin, values.shape, out, places, shape, values.device)
    }
}

/// [`Elements`] for the element types of one kind, which `Float` tells apart: floats and the others.
#[diagnostic::on_unimplemented(
    message = "the elements of this operand cannot be compared or found again",
    label = "expected a whole tensor by reference, or an expression",
    note = "the value of `share` lives in a register, one element at a time: share the tensor by `with`",
    note = "code that is generic over the element type `E` says `where E: Real` or `where E: Integer`"
)]
pub trait Picks<Float>: Operand + Sized {
    /// See [`Elements::Origin`].
    type From;
    /// See [`Elements::Picked`].
    type To<S: Shape>;
    /// Where the elements come from, and they themselves.
    fn values(self) -> (Self::From, Buf<Self::E>, Self::S, Self::D);
    /// See [`Lazy::cut`].
    fn cut(from: &Self::From);
    /// What comes of elements that were taken from these places.
    fn picked<S: Shape>(
        from: Self::From,
        own: Self::S,
        out: Buf<Self::E>,
        places: Buf<i64>,
        shape: S,
        device: Self::D,
    ) -> Self::To<S>;
}

#[diagnostic::do_not_recommend]
impl<E: Real, X: Operand<E = E, N: Node<E>>> Picks<E> for X {
    type From = X::N;
    type To<S: Shape> = Ruled<X, S, PickBack>;

    fn values(self) -> (X::N, Buf<E>, X::S, X::D) {
        let Ex { node, shape, device, .. } = self.ex();
        let buf = materialise(device, &node, shape);
        (node, buf, shape, device)
    }

    fn cut(from: &X::N) {
        from.cut();
    }

    fn picked<S: Shape>(from: X::N, own: X::S, out: Buf<E>, places: Buf<i64>, shape: S, device: X::D) -> Self::To<S> {
        Ex::new(from, own, device).ruled(out, shape, PickBack { places })
    }
}

#[diagnostic::do_not_recommend]
impl<K, E: Discrete<Kind = K>, X: Operand<E = E, N: Located<E>>> Picks<NoFloat<K>> for X {
    type From = ();
    type To<S: Shape> = Tensor<S, E, X::D>;

    #[track_caller]
    fn values(self) -> ((), Buf<E>, X::S, X::D) {
        let Ex { node, shape, device, .. } = self.ex();
        ((), node.in_order(device, shape), shape, device)
    }

    fn cut((): &()) {}

    fn picked<S: Shape>((): (), _: X::S, out: Buf<E>, _: Buf<i64>, shape: S, device: X::D) -> Tensor<S, E, X::D> {
        Tensor { buf: out, shape, device }
    }
}

/// The rule of picked elements: each gradient is added to where its element came from.
pub struct PickBack {
    places: Buf<i64>,
}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for PickBack {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let mut sums = device.zeroed(count(x.shape));
        device.add_rows(&mut sums, 1, &self.places, &gradient);
        sums
    }
}

/// The elements at these places.
pub(in crate::ops) fn take<E: Elem, D: Device>(device: D, values: &Buf<E>, places: &Buf<i64>) -> Buf<E> {
    device.take_rows(values, 1, places).unwrap_or_else(|error| raise(error))
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
