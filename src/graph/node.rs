//! What a node of the graph must do, over elements of any type; and the generic backward trait, over floats.
//!
//! Apart from everything that implements them: `graph` knows no operation by name. Reverse mode through a region stands
//! beside the traits because it is what a node does with a gradient unless it says otherwise.
#![allow(unsafe_code, reason = "operands are handed to the loops of a device, once they are checked")]

use super::memory::Memory;
use super::origin::Origin;
use crate::device::{Buf, Device};
use crate::dims::{Flag, Off, On};
use crate::dtype::{Elem, Real};
use crate::layout::{Axes, MAX_AXES, Region, Sizes, Strided, Strides};
use crate::loops::{Body, Frame, GradTarget, Sealed, Slot, Survey};
use crate::shape::Shape;

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
pub trait Node<E: Real>: Differentiable<E> + Closed {}
impl<E: Real, N: Differentiable<E> + Closed> Node<E> for N {}

/// What a node of the statically typed graph does, over elements `E` of any type: where its operands lie, how they are
/// bound to a loop, what it computes.
///
/// Pointwise nodes forward each method to their operands; what is materialised looks like an operand to its consumers.
#[diagnostic::on_unimplemented(
    message = "this expression is not a graph over `{E}`",
    label = "its elements are not `{E}`, or it has no value for them"
)]
pub trait Lazy<E: Elem>: Sealed + Sized + 'static {
    /// Whether any gradient flows below this node: prunes whole branches at compile time.
    type Grad: Flag;
    /// The node as a fused loop sees it.
    type Body: Body<E, Grad = Self::Grad>;

    /// Whether one contiguous loop serves all operands; folds to a constant for static shapes.
    fn flat<S: Shape>(&self, region: S) -> bool;
    /// Says how the operands lie along the region.
    fn survey(&self, survey: &mut Survey);
    /// The operands for reading.
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body;
    /// Memory that already holds the value.
    fn memory(&self) -> Option<Memory<'_, E>> {
        None
    }
    /// The memory that holds the value, whole and in row-major order, from a node that is needed no more; the node
    /// again where there is none.
    fn taken(self) -> Result<Buf<E>, Self> {
        Err(self)
    }
    /// Run-time refinement of `Grad`: a shared value of a frozen branch is statically on but not live.
    fn live(&self) -> bool {
        Self::Grad::ON
    }
    /// Notes at every parameter and shared value below that this node became a tensor, through which no gradient flows.
    fn cut(&self);
    /// How its value comes about, for whoever asks ([`explain`](crate::ops::Explain::explain)); nothing of what a type
    /// does not know where only the type is left.
    fn origin(this: Option<&Self>) -> Origin;
}

/// The generic backward trait: what a node over floats does beside [`Lazy`].
#[diagnostic::on_unimplemented(
    message = "this expression is not a graph over `{E}`",
    label = "its elements are not `{E}`",
    note = "only tensors of `f16`, `bf16`, `f32` and `f64` have gradients"
)]
pub trait Differentiable<E: Real>: Lazy<E> {
    /// Where the gradients of the operands arrive.
    type Sink;

    /// The operands for reading, and places for their gradients.
    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink);
    /// The loop is done: passes the gradients on to what produced the operands.
    fn backward<D: Device>(self, device: D, sink: Self::Sink);
    /// A finished gradient of the whole node, in row-major order. A parameter takes the buffer itself.
    #[inline]
    fn accept<D: Device, S: Shape>(self, device: D, shape: S, gradient: Buf<E>) {
        reverse_dense(device, self, shape, gradient);
    }
}

/// The gradient that enters a region: dense, or stretched along axes that its consumer reduced.
pub struct Seed<E> {
    buf: Buf<E>,
    offset: usize,
    /// Its strides along the region.
    stride: Strides,
    dense: bool,
}

impl<E: Real> Seed<E> {
    /// One gradient per element, row-major.
    #[inline]
    pub(crate) fn dense<S: Shape>(buf: Buf<E>, shape: S) -> Self {
        Seed { buf, offset: 0, stride: Axes::contiguous(shape).stride, dense: true }
    }

    /// The gradient of a result that has size 1 (or no axis) where the region was reduced.
    pub(crate) fn stretched<S: Shape>(buf: Buf<E>, kept: &Sizes, region: S) -> Self {
        let axes = Axes::row_major(*kept).along(&Axes::contiguous(region).size);
        Seed { buf, offset: 0, stride: axes.stride, dense: false }
    }

    /// One gradient for every element.
    #[inline]
    pub(crate) fn scalar(buf: Buf<E>) -> Self {
        Seed { buf, offset: 0, stride: [0; MAX_AXES], dense: false }
    }

    /// A gradient that lies in memory as the value does.
    pub(crate) fn strided(memory: Strided<E>) -> Self {
        Seed { buf: memory.buf, offset: memory.offset, stride: memory.axes.stride, dense: false }
    }

    /// Hands it on to the operand that it is the gradient of; a parameter takes a dense one as it is.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn hand_on<D: Device, N: Differentiable<E>, S: Shape>(self, device: D, node: N, shape: S) {
        match self.dense {
            true => node.accept(device, shape, self.buf),
            false => reverse(device, node, shape, self),
        }
    }

    /// The gradient as the loops of the frame read it.
    fn slot<K: Flag>(&self, frame: &Frame) -> Slot<E, Off, K> {
        let place = self.buf.address().wrapping_add(self.offset);
        // SAFETY: checked below, before any loop runs; the buffer outlives them.
        let slot = unsafe { Slot::new(place, &self.stride, frame, GradTarget::NONE) };
        assert!(slot.stays_inside(frame, self.offset, self.buf.len()), "the gradient does not cover its region");
        slot
    }
}

impl<E> Seed<E> {
    fn is_scalar(&self) -> bool {
        self.stride.iter().all(|&stride| stride == 0) // Arrays are compared by a call of memcmp.
    }
}

/// The loops of a node, and of the gradient that enters it.
#[cfg_attr(optimised, inline(always))]
pub(super) fn frame<E: Elem, N: Lazy<E>, S: Shape>(
    node: &N,
    shape: S,
    region: &Region,
    seed: Option<&Seed<E>>,
) -> Frame {
    if node.flat(shape) && seed.is_none_or(|seed| seed.dense || seed.is_scalar()) {
        return Frame::flat(region.len, 1);
    }
    surveyed(node, region, S::Stretches::ON, seed)
}

#[inline(never)]
fn surveyed<E: Elem, N: Lazy<E>>(node: &N, region: &Region, last_stretches: bool, seed: Option<&Seed<E>>) -> Frame {
    let mut survey = Survey::new(region, last_stretches);
    node.survey(&mut survey);
    if let Some(seed) = seed {
        survey.operand(&seed.stride, None);
    }
    survey.frame()
}

/// Reverse mode through one region: `seed` is the gradient of its value; then on to its producers.
#[inline]
pub(crate) fn reverse<E: Real, D: Device, N: Differentiable<E>, S: Shape>(device: D, node: N, shape: S, seed: Seed<E>) {
    reverse_in::<E, D, N, S, On>(device, node, shape, seed);
}

/// The same for a gradient that is dense by what called for it: loops for other seeds are not even compiled.
#[inline]
pub(crate) fn reverse_dense<E: Real, D: Device, N: Differentiable<E>, S: Shape>(
    device: D,
    node: N,
    shape: S,
    gradient: Buf<E>,
) {
    reverse_in::<E, D, N, S, Off>(device, node, shape, Seed::dense(gradient, shape));
}

/// `K` is on where the seed may step over memory as it likes.
#[cfg_attr(optimised, inline(always))]
fn reverse_in<E: Real, D: Device, N: Differentiable<E>, S: Shape, K: Flag>(
    device: D,
    node: N,
    shape: S,
    seed: Seed<E>,
) {
    if !N::Grad::ON || !node.live() {
        return;
    }
    let region = Region::of(shape);
    let frame = frame(&node, shape, &region, Some(&seed));
    let (body, sink) = node.bind_gradient(device, &frame, &region.size);
    if !frame.is_empty() {
        // SAFETY: every operand was checked against the frame when it was bound; gradients have buffers of their own.
        unsafe { device.pull(&frame, &body, &seed.slot::<K>(&frame)) }
    }
    drop(seed);
    node.backward(device, sink);
}
