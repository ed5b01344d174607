//! What a node of the graph must do: the generic backward trait.
//!
//! Apart from everything that implements it: `graph` knows no operation by name.

use super::body::{Body, GradTarget};
use super::frame::{Axes, Frame, Survey};
use super::region::{Seed, materialise, reverse};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Real;
use crate::shape::Shape;

/// Closes [`Lazy`] and [`Body`]: nodes are read unchecked inside the loops that bound them, which only this crate's
/// nodes can be trusted with. Operations of users are formulas ([`elementwise!`](crate::elementwise!)) and
/// compositions.
mod sealed {
    /// Implemented by the nodes and bodies of this crate alone.
    pub trait Sealed {}
}
pub(crate) use sealed::Sealed;

/// A node that can be computed as a whole tensor: no value of an enclosing `share` occurs in it.
#[diagnostic::on_unimplemented(
    message = "this operation needs a whole tensor, but the value of `share` exists one element at a time",
    label = "not known to be a whole tensor",
    note = "to reduce, normalise or multiply a shared value, share it by `with` in place of `share`",
    note = "in generic code, ask for a graph that can be computed: `N: Node<E>`"
)]
pub trait Closed {}

/// A node of the graph over elements `E`: what functions take and return, `impl Node<P::Elem>`.
///
/// Its message is that of [`Closed`]: the compiler speaks of the one or of the other.
#[diagnostic::on_unimplemented(
    message = "this operation needs a whole tensor, but the value of `share` exists one element at a time",
    label = "not known to be a whole tensor",
    note = "to reduce, normalise or multiply a shared value, share it by `with` in place of `share`",
    note = "in generic code, ask for a graph that can be computed: `N: Node<E>`"
)]
pub trait Node<E: Real>: Lazy<E> + Closed {}
impl<E: Real, N: Lazy<E> + Closed> Node<E> for N {}

/// A graph that can be computed as a whole tensor of elements `E`.
///
/// What [`Node`] says in terms of `E: Real`, this says of any `E`, so that where a graph has no type for a mistake made
/// before, nothing is asked of its elements again.
pub trait Whole<E> {
    /// The elements in row-major order.
    fn whole<S: Shape, D: Device>(&self, device: D, shape: S) -> Buf<E>;
}
impl<E: Real, N: Node<E>> Whole<E> for N {
    #[inline]
    fn whole<S: Shape, D: Device>(&self, device: D, shape: S) -> Buf<E> {
        materialise(device, self, shape)
    }
}

/// Memory that a node can be read from without computing anything.
#[derive(Clone)]
pub struct Strided<E> {
    /// The memory.
    pub buf: Buf<E>,
    /// The element at index zero.
    pub offset: usize,
    /// Sizes and strides of the node's own axes.
    pub axes: Axes,
}

impl<E: Real> Strided<E> {
    /// Whether the elements lie in order and nothing else is in the memory.
    pub fn is_whole<S: Shape>(&self, shape: S) -> bool {
        self.offset == 0 && self.buf.len() == shape.len() && self.axes == Axes::contiguous(shape)
    }
}

/// What a node of the statically typed graph does, over elements of type `E`.
///
/// Pointwise nodes forward each method to their operands; what is materialised looks like an operand to its consumers.
#[diagnostic::on_unimplemented(
    message = "this expression is not a graph over `{E}`",
    label = "its elements are not `{E}`",
    note = "only `f32` and `f64` tensors take part in the graph"
)]
pub trait Lazy<E: Real>: Sealed + Sized + 'static {
    /// Whether any gradient flows below this node: prunes whole branches at compile time.
    type Grad: Flag;
    /// The node as a fused loop sees it.
    type Body: Body<E, Grad = Self::Grad>;
    /// Where the gradients of the operands arrive.
    type Sink;

    /// Whether one contiguous loop serves all operands; folds to a constant for static shapes.
    fn flat<S: Shape>(&self, region: S) -> bool;
    /// Says how the operands lie along the region.
    fn survey(&self, survey: &mut Survey);
    /// The operands for reading.
    fn bind(&self, frame: &Frame, region: &[usize; 6]) -> Self::Body;
    /// The operands for reading, and places for their gradients.
    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &[usize; 6]) -> (Self::Body, Self::Sink);
    /// The loop is done: passes the gradients on to what produced the operands.
    fn backward<D: Device>(self, device: D, sink: Self::Sink);

    /// Memory that already holds the value.
    fn strided(&self) -> Option<Strided<E>> {
        None
    }
    /// A finished gradient of the whole node, in row-major order. A parameter takes the buffer itself.
    #[inline]
    fn accept<D: Device, S: Shape>(self, device: D, shape: S, gradient: Buf<E>) {
        reverse(device, self, shape, Seed::dense(gradient, shape));
    }
    /// Run-time refinement of `Grad`: a shared value of a frozen branch is statically on but not live.
    fn live(&self) -> bool {
        Self::Grad::ON
    }
}

/// Gradient of one operand while a region runs: the destination and, for sums over several chunks, their parts.
pub struct LeafSink<E> {
    target: Option<Buf<E>>,
    parts: Option<Buf<E>>,
}

impl<E: Real> LeafSink<E> {
    /// No gradient wanted.
    pub fn none() -> Self {
        LeafSink { target: None, parts: None }
    }

    /// Opens a destination of `len` elements: what is there already, or a fresh one.
    pub fn open<D: Device>(
        device: D,
        there: Option<Buf<E>>,
        len: usize,
        axes: &Axes,
        frame: &Frame,
    ) -> (GradTarget<E>, Self) {
        let exclusive = len == frame.len() && !axes.reduces();
        let add = there.is_some() || !exclusive;
        let target = match there {
            Some(target) => device.unshared(target),
            None if exclusive => device.unwritten(len),
            None => device.zeroed(len),
        };
        if frame.chunks > 1 && axes.reduces() {
            let parts = device.zeroed(len * frame.chunks);
            let place = GradTarget { base: parts.as_mut_ptr(), partial: len, add: true };
            return (place, LeafSink { target: Some(target), parts: Some(parts) });
        }
        (GradTarget { base: target.as_mut_ptr(), partial: 0, add }, LeafSink { target: Some(target), parts: None })
    }

    /// The finished gradient; partial sums are added in the order of their chunks.
    pub fn finish<D: Device>(self, device: D) -> Option<Buf<E>> {
        let mut target = self.target?;
        if let Some(parts) = self.parts {
            device.sum_parts(&mut target, &parts);
        }
        Some(target)
    }
}
