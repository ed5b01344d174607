//! Which element types are numbers.
//!
//! Apart from `dtype` because only creation asks: ranges make sense for some elements.

use crate::dtype::{Elem, Integer};
use crate::elements::for_each_float;

/// Element types that count: all but `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "expected numbers, found `{Self}`",
    note = "a mask comes from a comparison, `x.gt(&y)`, or from `device.from_fn(shape, |i| ..)`"
)]
pub trait Number: Elem {}

macro_rules! numbers {
    ($($E:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $E {}
    )*};
}
for_each_float!(numbers);
#[diagnostic::do_not_recommend]
impl<E: Integer> Number for E {}
