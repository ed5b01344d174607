//! Which element types are numbers, and which of them are whole.
//!
//! Apart from `dtype` because only creation asks: ranges and draws of integers make sense for some elements.

use crate::dtype::Elem;
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

macro_rules! numbers {
    ($law:ident: $($t:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $law for $t {}
    )*};
}
numbers! { Number: f16 bf16 f32 f64 i64 i32 u8 }
numbers! { Integer: i64 i32 u8 }
