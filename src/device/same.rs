//! That devices are one where their memory meets.

use super::contract::Device;
use crate::dtype::Never;

/// Devices that may meet in one operation: the same one twice.
#[diagnostic::on_unimplemented(
    message = "operands live on different devices: `{Self}` and `{Rhs}`",
    label = "`{Self}` and `{Rhs}` never meet implicitly",
    note = "move one side: `x.to(&device)`"
)]
pub trait SameDevice<Rhs> {}

#[diagnostic::do_not_recommend]
impl<D: Device> SameDevice<D> for D {}
#[diagnostic::do_not_recommend]
impl<D: Device> SameDevice<Never> for D {}
