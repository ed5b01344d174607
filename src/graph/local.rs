//! A shared tensor, as the code that uses it holds it.
//!
//! Apart from `with`, `scan` and `keep`, which say where it lives: to its users it is the same.

use super::expr::{Ex, Operand};
use super::leaf::Leaf;
use super::table::Key;
use crate::device::Device;
use crate::dims::On;
use crate::dtype::Real;
use crate::shape::Shape;
use generic_array::GenericArray;
use std::marker::PhantomData;

/// A shared tensor inside [`with`](super::Sharing::with) or [`scan`](crate::model::Forward::scan), or one that is kept
/// for a call ([`keep`](super::Sharing::keep)): `Copy`, any number of uses, one accumulated gradient.
pub struct Local<S, E, D> {
    key: Key,
    live: bool,
    shape: S,
    device: D,
    elem: PhantomData<E>,
}

impl<S: Copy, E, D: Copy> Clone for Local<S, E, D> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S: Copy, E, D: Copy> Copy for Local<S, E, D> {}

impl<S, E, D> Local<S, E, D> {
    pub(super) fn new(key: Key, live: bool, shape: S, device: D) -> Self {
        Local { key, live, shape, device, elem: PhantomData }
    }

    /// Where the value is.
    pub(crate) fn key(&self) -> Key {
        self.key
    }
}

impl<S: Shape, E: Real, D: Device> Local<S, E, D> {
    /// The shape, with the sizes of its run-time dims.
    pub fn shape(&self) -> S {
        self.shape
    }

    /// The sizes of the axes.
    pub fn dims(&self) -> GenericArray<usize, S::Rank> {
        self.shape.dims()
    }

    /// The device.
    pub fn device(&self) -> D {
        self.device
    }
}

impl<S: Shape, E: Real, D: Device> Operand for Local<S, E, D> {
    type N = Leaf<S, E, On>;
    type S = S;
    type E = E;
    type D = D;
    #[inline]
    fn ex(self) -> Ex<S, E, D, Leaf<S, E, On>> {
        Ex::new(Leaf::shared(self.key, self.shape, self.live), self.shape, self.device)
    }
}
