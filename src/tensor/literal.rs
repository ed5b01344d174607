//! Nested arrays as tensors. Of the types that have literals, [`Literal`] holds for exactly one float and one integer
//! type, so that an unsuffixed one has a single candidate: `1.0` is `f32`, `1` is `i64`.
//!
//! Apart from `create`, because here a shape is read off the type of a value.

use crate::dims::{D, Dim};
use crate::dtype::Elem;
use crate::elements::{for_each_half, for_each_number};
use crate::shape::{Prepend, Prepended, Shape};

/// Nested arrays of a default element type. A jagged one is rustc's own error, on the short row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor literal",
    label = "expected nested arrays of `f32`, `i64` or `bool`",
    note = "another element type: `device.tensor_of::<f64, _>(..)`; rows of run-time number: `device.rows(Batch, vec)`"
)]
pub trait Literal {
    /// The sizes, outermost first.
    type Shape: Shape;
    /// The innermost type.
    type Elem: Elem;
    /// Appends the elements in row-major order.
    fn flatten(self, out: &mut Vec<Self::Elem>);
}

macro_rules! literals {
    ($($t:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Literal for $t {
            type Shape = ();
            type Elem = $t;
            fn flatten(self, out: &mut Vec<$t>) { out.push(self); }
        }
    )*};
}
literals! { f32, i64, bool }

/// These have no literals: nobody guesses them.
macro_rules! halves {
    ($($half:ident),*) => { literals! { $(half::$half),* } };
}
for_each_half!(halves);

#[diagnostic::do_not_recommend]
impl<T: Literal, const N: usize> Literal for [T; N]
where
    D<N>: Dim,
    T::Shape: Prepend<D<N>>,
{
    type Shape = Prepended<T::Shape, D<N>>;
    type Elem = T::Elem;
    fn flatten(self, out: &mut Vec<T::Elem>) {
        self.into_iter().for_each(|part| part.flatten(out));
    }
}

/// Nested arrays of `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a nested array of `{E}`",
    label = "expected `{E}` or nested arrays of `{E}`"
)]
pub trait Nested<E: Elem> {
    /// The sizes, outermost first.
    type Shape: Shape;
    /// Appends the elements in row-major order.
    fn flatten(self, out: &mut Vec<E>);
}

macro_rules! nested {
    ($($t:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Nested<$t> for $t {
            type Shape = ();
            fn flatten(self, out: &mut Vec<$t>) { out.push(self); }
        }
    )*};
}
for_each_number!(nested);
nested! { bool }

#[diagnostic::do_not_recommend]
impl<E: Elem, T: Nested<E>, const N: usize> Nested<E> for [T; N]
where
    D<N>: Dim,
    T::Shape: Prepend<D<N>>,
{
    type Shape = Prepended<T::Shape, D<N>>;
    fn flatten(self, out: &mut Vec<E>) {
        self.into_iter().for_each(|part| part.flatten(out));
    }
}
