//! What a node of the graph must do: the generic backward trait.
//!
//! Apart from everything that implements it: `graph` knows no operation by name.

use super::body::{Body, GradTarget};
use super::frame::{Axes, Frame, Survey};
use super::region::{Seed, reverse};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
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

/// Memory that a node can be read from without computing anything, as the node lends it. Two words: most nodes are
/// whole tensors, whose axes follow from their shape.
pub enum Memory<'a, E> {
    /// The node's elements in row-major order, and nothing else.
    Whole(&'a Buf<E>),
    /// The node's elements under strides.
    Strided(&'a Strided<E>),
}

impl<E> Clone for Memory<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Memory<'_, E> {}

impl<'a, E: Real> Memory<'a, E> {
    /// The memory itself.
    #[inline(always)]
    pub(crate) fn buf(self) -> &'a Buf<E> {
        match self {
            Memory::Whole(buf) => buf,
            Memory::Strided(there) => &there.buf,
        }
    }

    /// The element at index zero.
    #[inline(always)]
    pub(crate) fn offset(self) -> usize {
        match self {
            Memory::Whole(_) => 0,
            Memory::Strided(there) => there.offset,
        }
    }

    /// How it lies along the axes of the node, whose shape is `shape`.
    #[inline(always)]
    pub(crate) fn axes<S: Shape>(self, shape: S) -> Axes {
        match self {
            Memory::Whole(_) => Axes::contiguous(shape),
            Memory::Strided(there) => there.axes,
        }
    }

    /// The memory of a node of this shape, where its elements lie in order and nothing else is there.
    #[inline(always)]
    pub(crate) fn whole<S: Shape>(self, shape: S) -> Option<&'a Buf<E>> {
        match self {
            Memory::Whole(buf) => Some(buf),
            Memory::Strided(there) => there.is_whole(shape).then_some(&there.buf),
        }
    }

    /// The same with a handle of its own, where each element is the place of one index.
    pub(crate) fn kept<S: Shape>(self, shape: S) -> Option<Strided<E>> {
        match self {
            Memory::Whole(buf) => Some(Strided { buf: buf.clone(), offset: 0, axes: Axes::contiguous(shape) }),
            Memory::Strided(there) => there.axes.is_injective().then(|| there.clone()),
        }
    }
}

/// Memory under strides, with a handle of its own.
#[derive(Clone)]
pub struct Strided<E> {
    /// The memory.
    pub(crate) buf: Buf<E>,
    /// The element at index zero.
    pub(crate) offset: usize,
    /// Sizes and strides of the node's own axes.
    pub(crate) axes: Axes,
}

impl<E: Elem> Strided<E> {
    /// Whether the elements lie in order and nothing else is in the memory.
    pub(crate) fn is_whole<S: Shape>(&self, shape: S) -> bool {
        self.offset == 0 && Some(self.buf.len()) == shape.checked_len() && self.axes == Axes::contiguous(shape)
    }
}

/// What a node of the statically typed graph does, over elements of type `E`.
///
/// Pointwise nodes forward each method to their operands; what is materialised looks like an operand to its consumers.
#[diagnostic::on_unimplemented(
    message = "this expression is not a graph over `{E}`",
    label = "its elements are not `{E}`",
    note = "only tensors of `f16`, `bf16`, `f32` and `f64` take part in the graph"
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
    fn memory(&self) -> Option<Memory<'_, E>> {
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
    /// Notes at every parameter and shared value below that this node became a tensor, through which no gradient flows.
    fn cut(&self);
}

/// Gradient of one operand while a region runs: the destination and, for sums over several chunks or of 16-bit floats,
/// their parts, which are of `E::Wide`.
pub struct LeafSink<E> {
    target: Option<Buf<E>>,
    parts: Option<Buf<E>>,
}

impl<E: Real> LeafSink<E> {
    /// No gradient wanted.
    pub(crate) fn none() -> Self {
        LeafSink { target: None, parts: None }
    }

    /// Opens a destination of `len` elements: what is there already, or a fresh one.
    pub(crate) fn open<D: Device>(
        device: D,
        there: Option<Buf<E>>,
        len: usize,
        axes: &Axes,
        frame: &Frame,
    ) -> (GradTarget<E>, Self) {
        let fits = there.as_ref().is_none_or(|there| there.len() == len);
        assert!(fits, "the gradient that an operand has already is of another length than the operand");
        let exclusive = len == frame.len() && !axes.reduces();
        let add = there.is_some() || !exclusive;
        let target = match there {
            Some(target) => device.unshared(target),
            None if exclusive => device.unwritten(len),
            None => device.zeroed(len),
        };
        let count = frame.chunks * frame.parts;
        if (E::NARROW || count > 1) && axes.reduces() {
            let words = len.checked_mul(count * E::WORDS).expect("partial sums beyond the address space");
            let parts = device.zeroed(words);
            let place = GradTarget { base: parts.as_mut_ptr(), partial: len, add: true };
            return (place, LeafSink { target: Some(target), parts: Some(parts) });
        }
        (GradTarget { base: target.as_mut_ptr(), partial: 0, add }, LeafSink { target: Some(target), parts: None })
    }

    /// The finished gradient; partial sums are added in the order of their chunks, and rounded once.
    pub(crate) fn finish<D: Device>(self, device: D) -> Option<Buf<E>> {
        let mut target = self.target?;
        if let Some(parts) = self.parts {
            device.sum_parts(&mut target, &parts);
        }
        Some(target)
    }
}
