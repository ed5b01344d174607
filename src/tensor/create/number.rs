//! Which element types are numbers, and which of them are whole.
//!
//! Apart from `dtype` because only creation asks: ranges and draws of integers make sense for some elements.

use crate::dtype::{self, Elem};
use half::{bf16, f16};

/// Element types that count: all but `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "expected numbers, found `{Self}`",
    note = "a mask comes from a comparison, `x.gt(&y)`, or from `device.from_fn(shape, |i| ..)`"
)]
pub trait Number: Elem {}

/// Whole numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integer type",
    label = "expected an integer element type, found `{Self}`",
    note = "floating-point draws are `uniform` and `rand`; labels are integers: `.convert::<i64>()`"
)]
pub trait Integer: Number {}

#[diagnostic::do_not_recommend]
impl Number for f16 {}
#[diagnostic::do_not_recommend]
impl Number for bf16 {}
#[diagnostic::do_not_recommend]
impl Number for f32 {}
#[diagnostic::do_not_recommend]
impl Number for f64 {}
#[diagnostic::do_not_recommend]
impl<E: dtype::Integer> Number for E {}
#[diagnostic::do_not_recommend]
impl<E: dtype::Integer> Integer for E {}
