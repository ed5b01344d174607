//! Erased graphs: one short type for an expression, whatever was computed before it.
//!
//! Apart from `with` because they are the one place where the depth of a graph is not in its type, so that neither the
//! backward nor the end of one may recurse: both go through the lists of `later`.

use super::expr::Ex;
use super::later::{Later, let_go, put_off};
use super::node::Differentiable;
use super::op::{Behind, Op, Pullback};
use super::origin::{Call, Dims, Input, Work};
use crate::device::{Buf, Device};
use crate::dims::On;
use crate::dtype::Real;
use crate::shape::Shape;
use std::cell::Cell;

/// An expression whose graph is erased.
pub type Boxed<S, E, D> = Ex<S, E, D, Op<S, E, Erasure<E, D>>>;

/// An erased graph, which gets its gradient before its backward is run.
trait Erased<E, D>: Later {
    fn arrive(&mut self, device: D, gradient: Buf<E>);
    /// See [`Lazy::cut`](super::Lazy::cut).
    fn cut(&self);
}

struct Wrapped<N, S, E, D> {
    node: N,
    shape: S,
    arrived: Option<(D, Buf<E>)>,
    below: Option<Box<dyn Later>>,
}

impl<E: Real, D: Device, N: Differentiable<E>, S: Shape> Later for Wrapped<N, S, E, D> {
    fn run(self: Box<Self>) {
        if let Some((device, gradient)) = self.arrived {
            self.node.accept(device, self.shape, gradient);
        }
    }
    fn below(&mut self) -> &mut Option<Box<dyn Later>> {
        &mut self.below
    }
}

impl<E: Real, D: Device, N: Differentiable<E>, S: Shape> Erased<E, D> for Wrapped<N, S, E, D> {
    fn arrive(&mut self, device: D, gradient: Buf<E>) {
        self.arrived = Some((device, gradient));
    }
    fn cut(&self) {
        self.node.cut();
    }
}

/// How many erased graphs inside of one another are told that a value became a tensor. What lies deeper is not: this
/// walk only finds parameters that a step has forgotten, and must not end it for want of stack.
const DEEPEST: usize = 64;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// The backward of [`boxed`](super::Sharing::boxed).
pub struct Erasure<E: 'static, D: 'static> {
    node: Option<Box<dyn Erased<E, D>>>,
}

impl<E: Real, D: Device> Erasure<E, D> {
    /// Keeps a graph where a gradient will come.
    pub(super) fn new<N: Differentiable<E>, S: Shape>(node: N, shape: S) -> Self {
        if !node.live() {
            return Erasure { node: None };
        }
        Erasure { node: Some(Box::new(Wrapped { node, shape, arrived: None, below: None })) }
    }
}

impl<E, D> Drop for Erasure<E, D> {
    fn drop(&mut self) {
        if let Some(node) = self.node.take() {
            let_go(node);
        }
    }
}

impl<E: Real, D: Device> Behind<E> for Erasure<E, D> {
    type Grad = On;
    fn live(&self) -> bool {
        self.node.is_some()
    }
    fn cut(&self) {
        let depth = DEPTH.get();
        if let (Some(node), true) = (&self.node, depth < DEEPEST) {
            DEPTH.set(depth + 1);
            node.cut();
            DEPTH.set(depth);
        }
    }
    fn inputs(_: Option<&Self>, _: &mut Vec<Input>) {}
    fn call(_: Option<&Self>, _: &Dims) -> Call {
        Call { name: "boxed", kind: Work::ErasedGraph, of: Vec::new(), flops: None }
    }
}

impl<E: Real, D: Device> Pullback<E> for Erasure<E, D> {
    fn pull<D2: Device>(mut self, device: D2, gradient: Buf<E>, _: Buf<E>) {
        // The graph's own device is the one that runs its backward.
        let device: &dyn std::any::Any = &device;
        if let (Some(mut node), Some(&device)) = (self.node.take(), device.downcast_ref::<D>()) {
            node.arrive(device, gradient);
            put_off(node);
        }
    }
}
