//! The floating-point type of what is no float: the kinds of integers and of `bool`, as types.

use std::marker::PhantomData;

/// Stands for the floating-point type that another type is not; `K` tells integers from `bool`.
#[doc(hidden)]
pub struct NoFloat<K = Integral>(PhantomData<K>);

/// The kind of integers.
#[doc(hidden)]
pub struct Integral;

/// The kind of `bool`.
#[doc(hidden)]
pub struct Logical;
