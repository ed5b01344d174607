//! `x == y` and `x > y` of expressions: never compile, and say how tensors are compared.
//!
//! Apart from `compare` because Rust's operators of comparison answer with one `bool`, and can be no expressions.

use crate::graph::Ex;
use crate::tensor::{EqualTo, OnTheRight, OrderedWith};
use std::cmp::Ordering;

impl<S, E, D, N, Rhs> PartialEq<Rhs> for Ex<S, E, D, N>
where
    OnTheRight<Rhs>: EqualTo<Self, Right = Rhs>,
{
    fn eq(&self, other: &Rhs) -> bool {
        <OnTheRight<Rhs> as EqualTo<Self>>::equal(self, other)
    }
}

impl<S, E, D, N, Rhs> PartialOrd<Rhs> for Ex<S, E, D, N>
where
    OnTheRight<Rhs>: OrderedWith<Self> + EqualTo<Self, Right = Rhs>,
{
    fn partial_cmp(&self, _: &Rhs) -> Option<Ordering> {
        None
    }
}
