//! Elements in memory, of any type: what views, copies and lookups need of an operand.
//!
//! Apart from [`Lazy`](super::Lazy) and [`Exact`] because what reads whole tensors does not ask which of the two
//! computed them, with gradients or without.

use super::exact::{Exact, exact};
use super::node::{Lazy, Node};
use super::pointwise::{Pointwise1, Unary};
use super::region::{materialise, total};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Discrete, Elem, NoFloat, Real};
use crate::layout::Strided;
use crate::num::Num;
use crate::shape::Shape;

/// An operand whose elements `E` can be had in memory: every expression that can be computed as a whole.
#[diagnostic::on_unimplemented(
    message = "the value of `share` lives in a register: this operation needs the whole tensor",
    label = "exists one element at a time; to look at it as a tensor, share it by `with`"
)]
pub trait Located<E>: Sized + 'static {
    /// The elements under strides, each the place of one index: computed first where they are in no memory yet.
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E>;

    /// The elements in row-major order, and nothing else.
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E>;

    /// Notes that the elements became a tensor, through which no gradient flows: see [`Lazy::cut`](super::Lazy::cut).
    fn cut(&self);

    /// Whether an element is 1, of elements that are 0 or 1.
    fn holds_anywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool;

    /// Whether all elements are 1, of elements that are 0 or 1.
    fn holds_everywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool;
}

#[diagnostic::do_not_recommend]
impl<E: Elem, N: Held<E, E::Float>> Located<E> for N {
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E> {
        Held::located(self, device, shape)
    }
    #[track_caller]
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E> {
        Held::in_order(self, device, shape)
    }
    fn cut(&self) {
        Held::cut(self);
    }
    #[track_caller]
    fn holds_anywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool {
        Held::holds_anywhere(self, device, shape)
    }
    #[track_caller]
    fn holds_everywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool {
        Held::holds_everywhere(self, device, shape)
    }
}

/// [`Located`] for the element types of one kind, which `Float` tells apart: floats have a graph with gradients, the
/// others one without.
pub trait Held<E, Float>: Sized + 'static {
    /// See [`Located::located`].
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E>;
    /// See [`Located::in_order`].
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E>;
    /// See [`Located::cut`].
    fn cut(&self);
    /// See [`Located::holds_anywhere`].
    fn holds_anywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool;
    /// See [`Located::holds_everywhere`].
    fn holds_everywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool;
}

#[diagnostic::do_not_recommend]
impl<E: Real, N: Node<E>> Held<E, E> for N {
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E> {
        match self.memory().and_then(|there| there.kept(shape)) {
            Some(there) => there,
            None => Strided::whole(materialise(device, self, shape), shape),
        }
    }
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E> {
        materialise(device, self, shape)
    }
    #[inline]
    fn cut(&self) {
        if N::Grad::ON {
            Lazy::cut(self);
        }
    }
    fn holds_anywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool {
        device.download_scalar(&total(device, &self, shape, 1.0)) > E::of_f64(0.0)
    }
    fn holds_everywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool {
        !Held::holds_anywhere(Unary { op: Otherwise, a: self }, device, shape)
    }
}

/// `1 - x`
#[derive(Clone, Copy)]
struct Otherwise;
impl Pointwise1 for Otherwise {
    #[inline(always)]
    fn value<V: Num>(self, x: V) -> V {
        -x + 1.0
    }
}

#[diagnostic::do_not_recommend]
impl<K, E: Discrete<Kind = K>, N: Exact<E>> Held<E, NoFloat<K>> for N {
    #[track_caller]
    fn located<D: Device, S: Shape>(&self, device: D, shape: S) -> Strided<E> {
        match self.place(shape) {
            Some(there) if there.axes.is_injective() => there,
            _ => Strided::whole(exact(device, self, shape), shape),
        }
    }
    #[track_caller]
    fn in_order<D: Device, S: Shape>(&self, device: D, shape: S) -> Buf<E> {
        exact(device, self, shape)
    }
    fn cut(&self) {}
    #[track_caller]
    fn holds_anywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool {
        device.download(&exact(device, &self, shape)).into_iter().any(|x| x != E::default())
    }
    #[track_caller]
    fn holds_everywhere<D: Device, S: Shape>(self, device: D, shape: S) -> bool {
        device.download(&exact(device, &self, shape)).into_iter().all(|x| x != E::default())
    }
}
