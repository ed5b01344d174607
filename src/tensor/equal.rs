//! `x == y` of two tensors; and what `x > y` and `x == 1.0` say, which answer with no single `bool`.
//!
//! Apart from comparisons element by element, which are operations: Rust's operators can give no tensor.

use super::Tensor;
use crate::device::Device;
use crate::dtype::Elem;
use crate::shape::{Never, Shape};
use std::cmp::Ordering;
use std::marker::PhantomData;

/// The right side of a comparison. The laws are about it, for of two tensors themselves the compiler would say no more
/// than that it cannot compare them.
#[doc(hidden)]
pub struct OnTheRight<Rhs: ?Sized>(PhantomData<Rhs>);

/// What `X` is equal to or not, as a whole: a tensor of its type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`==` says whether two tensors of one type are equal as a whole",
    label = "element by element: `x.eq(&y)`, `x.ne(0.0)`; the number in a scalar is `x.item()`",
    note = "expressions are computed first, by `.eval()`; nearly equal: `x.allclose(&y, 1e-5, 1e-8)`"
)]
pub trait EqualTo<X> {
    /// What is compared with `X`.
    type Right: ?Sized;
    /// Whether they are.
    fn equal(x: &X, y: &Self::Right) -> bool;
}

/// What has an order with `X`: nothing.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "tensors are compared element by element, by methods that give tensors of `bool`",
    label = "write `x.gt(&y)`, `x.le(0.5)`, ..; the number in a scalar is `x.item()`"
)]
pub trait OrderedWith<X>: EqualTo<X> {}

#[diagnostic::do_not_recommend]
impl<S: Shape, E: Elem, D: Device> EqualTo<Tensor<S, E, D>> for OnTheRight<Tensor<S, E, D>> {
    type Right = Tensor<S, E, D>;
    fn equal(x: &Tensor<S, E, D>, y: &Tensor<S, E, D>) -> bool {
        x.shape == y.shape && x.to_vec() == y.to_vec()
    }
}

// Two impls each that serve nothing that exists: with one alone the compiler would not come to the laws.
macro_rules! nothing {
    ($($Nothing:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<X> EqualTo<X> for OnTheRight<$Nothing> {
            type Right = $Nothing;
            fn equal(_: &X, right: &$Nothing) -> bool {
                let _ = right;
                false
            }
        }
        #[diagnostic::do_not_recommend]
        impl<X> OrderedWith<X> for OnTheRight<$Nothing> {}
    )*};
}
nothing! { Never [Never; 0] }

impl<S: Shape, E: Elem, D: Device, Rhs> PartialEq<Rhs> for Tensor<S, E, D>
where
    OnTheRight<Rhs>: EqualTo<Self, Right = Rhs>,
{
    /// Equal sizes and equal elements; NaN differs from NaN.
    fn eq(&self, other: &Rhs) -> bool {
        <OnTheRight<Rhs> as EqualTo<Self>>::equal(self, other)
    }
}

impl<S: Shape, E: Elem, D: Device, Rhs> PartialOrd<Rhs> for Tensor<S, E, D>
where
    OnTheRight<Rhs>: OrderedWith<Self> + EqualTo<Self, Right = Rhs>,
{
    /// Never compiles.
    fn partial_cmp(&self, _: &Rhs) -> Option<Ordering> {
        None
    }
}
