//! Elements in memory, of any type: what views, copies and lookups need of an operand.
//!
//! Apart from [`Lazy`] because what reads whole tensors does not ask how they are computed.

use super::node::{Closed, Lazy};
use super::region::materialise;
use crate::device::{Buf, Device};
use crate::dtype::Elem;
use crate::layout::Strided;
use crate::shape::Shape;

/// An operand whose elements `E` can be had in memory: every expression that can be computed as a whole.
#[diagnostic::on_unimplemented(
    message = "the value of `share` lives in a register: this operation needs the whole tensor",
    label = "exists one element at a time; to look at it as a tensor, share it by `with`"
)]
pub trait Located<E: Elem>: Lazy<E> + Closed {
    /// The elements under strides, each the place of one index: computed first where they are in no memory yet.
    #[track_caller]
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E> {
        match self.memory().and_then(|there| there.kept(shape)) {
            Some(there) => there,
            None => Strided::whole(materialise(device, self, shape), shape),
        }
    }

    /// The elements in row-major order, and nothing else.
    #[track_caller]
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E> {
        materialise(device, self, shape)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Elem, N: Lazy<E> + Closed> Located<E> for N {}
