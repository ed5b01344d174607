//! Operands that are memory already: constants, parameters, shared values, and the results of materialising operations.
//!
//! Apart from the operations because to a fused loop they all look the same.

use super::memory::InOrder;
use super::node::{Closed, Differentiable, Lazy};
use super::origin::Origin;
use super::sink::LeafSink;
use super::stored::{Stored, stored_node};
use super::table::Key;
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::Sizes;
use crate::loops::{Frame, Sealed};
use crate::shape::Shape;
use std::marker::PhantomData;

/// A tensor, parameter or shared value in the graph. `G`: gradients are collected under its key.
#[derive(Clone)]
pub struct Leaf<S, E, G> {
    stored: Stored<S, E>,
    key: Option<Key>,
    live: bool,
    /// Whether a gradient that comes when the key's owner is gone has lost its way.
    shared: bool,
    gradient: PhantomData<G>,
}

impl<S, E, G> Leaf<S, E, G> {
    /// Memory that nothing differentiates.
    #[inline]
    pub(crate) fn constant(buf: Buf<E>, shape: S) -> Self {
        Leaf { stored: Stored { buf, shape }, key: None, live: false, shared: false, gradient: PhantomData }
    }

    /// The memory that it is.
    pub(crate) fn stored(&self) -> &Stored<S, E> {
        &self.stored
    }
}

impl<S, E: Real, G> Leaf<S, E, G> {
    /// The value behind a key.
    #[inline]
    pub(crate) fn keyed(key: Key, shape: S, live: bool) -> Self {
        let stored = Stored { buf: key.value(), shape };
        Leaf { stored, key: Some(key), live, shared: false, gradient: PhantomData }
    }

    /// The same of a shared value. One whose gradient comes when its owner has handed it on was carried out of the code
    /// that shares it: [`Error::Escaped`](crate::Error::Escaped). Nobody waits for the gradient of one
    /// that is not live.
    #[inline]
    pub(crate) fn shared(key: Key, shape: S, live: bool) -> Self {
        let leaf = Self::keyed(key, shape, live);
        Leaf { shared: true, key: leaf.key.filter(|_| live), ..leaf }
    }
}

impl<S, E, G> Sealed for Leaf<S, E, G> {}
#[diagnostic::do_not_recommend]
impl<S, E, G> Closed for Leaf<S, E, G> {}
#[diagnostic::do_not_recommend]
impl<S, E, G> InOrder for Leaf<S, E, G> {}

impl<S: Shape, E: Elem, G: Flag> Lazy<E> for Leaf<S, E, G> {
    type Grad = G;
    stored_node!(stored, E, S);

    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        G::ON && self.live
    }

    fn cut(&self) {
        if let (true, true, Some(key)) = (G::ON, self.live, self.key) {
            key.cut();
        }
    }

    fn origin(this: Option<&Self>) -> Origin {
        Origin::stored(this.map(|leaf| &leaf.stored), None).shared(G::ON)
    }
}

impl<S: Shape, E: Real, G: Flag> Differentiable<E> for Leaf<S, E, G> {
    type Sink = LeafSink<E>;

    #[inline]
    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        if !G::ON {
            return (self.bind(frame, region), LeafSink::none());
        }
        let there = self.key.and_then(Key::take_varying);
        self.stored.bind_gradient(device, frame, region, there)
    }

    #[inline]
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        if let (Some(key), Some(gradient)) = (self.key, sink.finish(device)) {
            deliver(device, key, self.shared, gradient);
        }
    }

    fn accept<D: Device, R: Shape>(self, device: D, _: R, gradient: Buf<E>) {
        if let (true, Some(key)) = (G::ON, self.key) {
            deliver(device, key, self.shared, gradient);
        }
    }
}

/// Adds a gradient to what a key has; the first one is moved in. To the backward of a call inside of its own, the key's
/// value is a constant.
#[inline]
fn deliver<E: Real, D: Device>(device: D, key: Key, shared: bool, gradient: Buf<E>) {
    if shared {
        key.expect_owner();
    }
    if let Some((there, gradient)) = key.add_gradient(gradient) {
        let mut sum = device.unshared(there);
        device.add(&mut sum, &gradient);
        key.put_gradient(sum);
    }
}
