//! Operands whose elements are compared, of every element type: what is picked from floats is differentiable, what is
//! picked from integers is a tensor.
//!
//! Apart from the operations because all of them begin here, and end by picking elements.

use crate::device::{Buf, Device, Rows};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Ex, Lazy, Node, Op, Operand, Pullback, count, materialise};
use crate::shape::{AxisAt, Shape};
use crate::tensor::Tensor;

/// An operand that can be computed and read: every expression of floats, and `&Tensor` of any element type.
#[diagnostic::on_unimplemented(
    message = "the elements of this operand cannot be compared or found again",
    label = "expected an expression of `f16`, `bf16`, `f32` or `f64`, or a `&Tensor` of `i64`, `i32`, `u8` or `bool`",
    note = "the value of `share` lives in a register, one element at a time: share the tensor by `with`",
    note = "code that is generic over the element type `E` says `where E: Real`"
)]
pub trait Elements: Operand + Sized {
    /// The graph that gradients flow back to.
    type Origin;
    /// Elements of it under shape `S`: an expression where they are floats, else a tensor.
    type Picked<S: Shape>;
    /// Computes the elements.
    fn read(self) -> Values<Self>;
    /// The elements at these places in memory. Each place adds its gradient to the element that it came from.
    fn pick<S: Shape>(values: Values<Self>, places: Buf<i64>, shape: S) -> Self::Picked<S>;
}

/// The elements of an operand, and where they came from.
pub struct Values<X: Elements> {
    pub(super) origin: X::Origin,
    pub(super) buf: Buf<X::E>,
    pub(super) shape: X::S,
    pub(super) device: X::D,
}

/// Elements of `X` under shape `S`.
pub type PickedOf<X, S> = <X as Elements>::Picked<S>;

/// Indices into `X`, or counts of its elements, under shape `S`.
pub type IndicesOf<X, S> = Tensor<S, i64, <X as Operand>::D>;

/// The backward of picked elements: each gradient is added to where its element came from.
pub struct PickBack<S, N> {
    x: N,
    shape: S,
    places: Buf<i64>,
}

#[diagnostic::do_not_recommend]
impl<X: Operand<E: Real, N: Node<X::E>>> Elements for X {
    type Origin = X::N;
    type Picked<S: Shape> = Ex<S, X::E, X::D, Op<S, X::E, PickBack<X::S, X::N>>>;

    fn read(self) -> Values<X> {
        let Ex { node, shape, device, .. } = self.ex();
        let buf = materialise(device, &node, shape);
        Values { origin: node, buf, shape, device }
    }

    fn pick<S: Shape>(values: Values<X>, places: Buf<i64>, shape: S) -> Self::Picked<S> {
        let out = take(values.device, &values.buf, &places);
        let back = PickBack { x: values.origin, shape: values.shape, places };
        Ex::new(Op::new(out, shape, back), shape, values.device)
    }
}

macro_rules! elements_without_gradient {
    ($($E:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape, D: Device> Elements for &Tensor<S, $E, D> {
            type Origin = ();
            type Picked<S2: Shape> = Tensor<S2, $E, D>;

            fn read(self) -> Values<Self> {
                Values { origin: (), buf: self.buf.clone(), shape: self.shape, device: self.device }
            }

            fn pick<S2: Shape>(values: Values<Self>, places: Buf<i64>, shape: S2) -> Tensor<S2, $E, D> {
                Tensor { buf: take(values.device, &values.buf, &places), shape, device: values.device }
            }
        }
    )*};
}
elements_without_gradient! { i64 i32 u8 bool }

impl<E: Real, S: Shape, N: Lazy<E>> Pullback<E> for PickBack<S, N> {
    type Grad = N::Grad;
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, _: Buf<E>) {
        let mut sums = device.zeroed(count(self.shape));
        device.add_rows(&mut sums, 1, &self.places, &gradient);
        self.x.accept(device, self.shape, sums);
    }
    fn live(&self) -> bool {
        self.x.live()
    }
}

/// The elements at these places.
pub(super) fn take<E: crate::dtype::Elem, D: Device>(device: D, values: &Buf<E>, places: &Buf<i64>) -> Buf<E> {
    device.take_rows(values, 1, places).unwrap_or_else(|error| raise(error))
}

/// Which rows an operation runs along, and the shape of one result a row.
#[derive(Clone, Copy)]
pub(super) struct Along<S> {
    pub(super) rows: Rows,
    pub(super) shape: S,
    /// The axis, or all of them.
    axis: Option<isize>,
}

/// All elements are one row.
pub(super) fn all<S: Shape>(shape: S) -> Along<()> {
    Along { rows: Rows { outer: 1, len: count(shape), inner: 1 }, shape: (), axis: None }
}

/// The rows along axis `I`, which vanishes.
pub(super) fn removed<S: AxisAt<I>, const I: isize>(shape: S) -> Along<S::Removed> {
    Along { rows: rows_of::<S, I>(shape), shape: shape.remove(), axis: Some(I) }
}

/// The rows along axis `I`, which stays as `D<1>`.
pub(super) fn kept<S: AxisAt<I>, const I: isize>(shape: S) -> Along<S::Keep> {
    Along { rows: rows_of::<S, I>(shape), shape: shape.keep(), axis: Some(I) }
}

/// The rows along axis `I`.
pub(super) fn rows_of<S: AxisAt<I>, const I: isize>(shape: S) -> Rows {
    Rows::along(&shape.dims(), S::INDEX, S::INDEX)
}

impl<S> Along<S> {
    /// Raises [`Error::Empty`] where rows without elements would have to give one.
    #[track_caller]
    pub(super) fn need_elements<S2: Shape>(&self, what: &str, shape: S2) {
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
pub(super) fn places<D: Device>(device: D, rows: Rows, keep: usize, indices: &Buf<i64>) -> Buf<i64> {
    let Rows { outer, len, inner } = rows;
    let mut places = device.download(indices);
    for block in 0..outer {
        for place in 0..keep * inner {
            let index = &mut places[block * keep * inner + place];
            *index = ((block * len + *index as usize) * inner + place % inner) as i64;
        }
    }
    device.upload(&places)
}

/// A trait of operations that give one result a row: over all elements, over one axis, and over one that stays.
macro_rules! forms {
    ($(#[$about:meta])* $Trait:ident
     $($(#[$doc:meta])* $name:ident($($argument:ident: $Argument:ty),*) -> $Out:ident by $run:path
       where [$($bound:tt)*], $example:literal;)*) => {
        paste::paste! {
            $(#[$about])*
            pub trait $Trait: $crate::graph::Operand + Sized {
                $(
                    $(#[$doc])*
                    ///
                    /// Over all elements: the result is a scalar.
                    #[doc = concat!("```\n# use congruent::prelude::*;\n", $example, "\n```")]
                    #[track_caller]
                    fn $name(self $(, $argument: $Argument)*) -> $Out<Self, ()>
                    where
                        $($bound)*
                    {
                        $run(self, $crate::ops::order::elements::all $(, $argument)*)
                    }

                    #[doc = concat!(
                        "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
                        ") over axis `I`, which vanishes."
                    )]
                    #[track_caller]
                    fn [<$name _axis>]<const I: isize>(
                        self $(, $argument: $Argument)*
                    ) -> $Out<Self, <Self::S as $crate::shape::AxisAt<I>>::Removed>
                    where
                        Self::S: $crate::shape::AxisAt<I>,
                        $($bound)*
                    {
                        $run(self, $crate::ops::order::elements::removed::<Self::S, I> $(, $argument)*)
                    }

                    #[doc = concat!(
                        "[`", stringify!($name), "`](", stringify!($Trait), "::", stringify!($name),
                        ") over axis `I`, which stays as `D<1>`."
                    )]
                    #[track_caller]
                    fn [<$name _keepdim>]<const I: isize>(
                        self $(, $argument: $Argument)*
                    ) -> $Out<Self, <Self::S as $crate::shape::AxisAt<I>>::Keep>
                    where
                        Self::S: $crate::shape::AxisAt<I>,
                        $($bound)*
                    {
                        $run(self, $crate::ops::order::elements::kept::<Self::S, I> $(, $argument)*)
                    }
                )*
            }
            impl<X: $crate::graph::Operand> $Trait for X {}
        }
    };
}
pub(super) use forms;
