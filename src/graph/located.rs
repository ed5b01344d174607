//! Elements in memory, of any type: what views, copies and lookups need of an operand.
//!
//! Apart from [`Lazy`](super::Lazy) because integers and masks have no graph: their only nodes are tensors and views of
//! them, which can be read, and neither computed nor differentiated.

use super::frame::Axes;
use super::leaf::Leaf;
use super::node::{Node, Strided};
use super::region::materialise;
use super::stored::Op;
use super::view::{Reshaped, View};
use crate::device::{Buf, Device};
use crate::dims::Off;
use crate::dtype::{Elem, Real};
use crate::shape::Shape;

/// An operand whose elements `E` can be had in memory: every expression over floats, and views of any tensor.
#[diagnostic::on_unimplemented(
    message = "the value of `share` lives in a register: this operation needs the whole tensor",
    label = "exists one element at a time; to look at it as a tensor, share it by `with`"
)]
pub trait Located<E>: Sized + 'static {
    /// The elements under strides, each the place of one index: computed first where they are in no memory yet.
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E>;

    /// The elements in row-major order, and nothing else.
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E>;
}

/// A node whose elements lie in memory, in row-major order and nothing else: tensors, parameters, and the results of
/// operations that compute a whole tensor.
#[diagnostic::on_unimplemented(
    message = "view: the elements do not lie in memory in order",
    label = "a transpose, a slice, or an expression that is not computed yet",
    note = "`reshape` works on all of them, and copies where it has to"
)]
pub trait InOrder {}

#[diagnostic::do_not_recommend]
impl<S, E, G> InOrder for Leaf<S, E, G> {}
#[diagnostic::do_not_recommend]
impl<S, E, T> InOrder for Op<S, E, T> {}
#[diagnostic::do_not_recommend]
impl<A, SA, S, E> InOrder for Reshaped<A, SA, S, E> {}

#[diagnostic::do_not_recommend]
impl<E: Real, N: Node<E>> Located<E> for N {
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E> {
        match self.memory().and_then(|there| there.kept(shape)) {
            Some(there) => there,
            None => Strided::whole(materialise(device, self, shape), shape),
        }
    }
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E> {
        materialise(device, self, shape)
    }
}

impl<E: Elem> Strided<E> {
    /// A buffer that holds a tensor of this shape and nothing else.
    pub(crate) fn whole<S: Shape>(buf: Buf<E>, shape: S) -> Self {
        Strided { buf, offset: 0, axes: Axes::contiguous(shape) }
    }
}

/// Element types without a graph. Coherence wants them named: that they are not `Real` it only knows of each.
macro_rules! without_graph {
    ($($E:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape> Located<$E> for Leaf<S, $E, Off> {
            fn located<D: Device, Own: Shape>(&self, _: D, shape: Own) -> Strided<$E> {
                Strided::whole(self.buf().clone(), shape)
            }
            fn in_order<D: Device, Own: Shape>(&self, _: D, _: Own) -> Buf<$E> {
                self.buf().clone()
            }
        }
        #[diagnostic::do_not_recommend]
        impl<A: 'static, S: Shape> Located<$E> for View<A, S, $E> {
            fn located<D: Device, Own: Shape>(&self, device: D, shape: Own) -> Strided<$E> {
                match self.own() {
                    there if there.axes.is_injective() => there.clone(),
                    there => Strided::whole(device.copy_strided(there), shape),
                }
            }
            fn in_order<D: Device, Own: Shape>(&self, device: D, shape: Own) -> Buf<$E> {
                let there = self.own();
                if there.is_whole(shape) { there.buf.clone() } else { device.copy_strided(there) }
            }
        }
        #[diagnostic::do_not_recommend]
        impl<A: 'static, From: Shape, S: Shape> Located<$E> for Reshaped<A, From, S, $E> {
            fn located<D: Device, Own: Shape>(&self, _: D, shape: Own) -> Strided<$E> {
                Strided::whole(self.buf().clone(), shape)
            }
            fn in_order<D: Device, Own: Shape>(&self, _: D, _: Own) -> Buf<$E> {
                self.buf().clone()
            }
        }
    )*};
}
without_graph! { i64 i32 u8 bool }
