//! Which element types are numbers.
//!
//! Apart from `dtype` because only creation asks: ranges make sense for some elements.

use crate::dtype::{Elem, Integer};
use half::{bf16, f16};

/// Element types that count: all but `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "expected numbers, found `{Self}`",
    note = "a mask comes from a comparison, `x.gt(&y)`, or from `device.from_fn(shape, |i| ..)`"
)]
pub trait Number: Elem {}

#[diagnostic::do_not_recommend]
impl Number for f16 {}
#[diagnostic::do_not_recommend]
impl Number for bf16 {}
#[diagnostic::do_not_recommend]
impl Number for f32 {}
#[diagnostic::do_not_recommend]
impl Number for f64 {}
#[diagnostic::do_not_recommend]
impl<E: Integer> Number for E {}
