//! Nodes over elements without gradients, integers and `bool`: their values, lazily, fused by type.
//!
//! Apart from [`Lazy`](super::Lazy) because there is nothing to differentiate and there are no lanes: the loops are
//! plain ones over elements, which the compiler vectorises. The node types are the same, so that an operator gives one
//! result for every element type.
#![allow(unsafe_code, reason = "operands are handed to the loops of a device, once they are checked")]

use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Discrete;
use crate::error::{Error, raise};
use crate::layout::{Region, Sizes, Strided};
use crate::loops::{ExactBody, Faults, Frame, RowIndex, Sealed, Survey};
use crate::shape::Shape;

/// A formula of one operand over elements without gradients.
pub trait Exact1<E>: Copy + Send + Sync + 'static {
    /// The value.
    fn value(self, x: E, faults: &mut Faults) -> E;
}
/// A formula of two operands over elements without gradients.
pub trait Exact2<E>: Copy + Send + Sync + 'static {
    /// The value.
    fn value(self, x: E, y: E, faults: &mut Faults) -> E;
}
/// A formula of three operands over elements without gradients.
pub trait Exact3<E>: Copy + Send + Sync + 'static {
    /// The value.
    fn value(self, x: E, y: E, z: E, faults: &mut Faults) -> E;
}

/// A node over elements without gradients.
#[diagnostic::on_unimplemented(
    message = "this expression is not made of whole tensors of `{E}`",
    label = "its elements are not `{E}`, or it has no value for them"
)]
pub trait Exact<E: Discrete>: Sealed + Sized + 'static {
    /// The node as a loop sees it.
    type Body: ExactBody<E>;

    /// Whether one contiguous loop serves all operands; folds to a constant for static shapes.
    fn flat<S: Shape>(&self, region: S) -> bool;
    /// Says how the operands lie along the region.
    fn survey(&self, survey: &mut Survey);
    /// The operands for reading.
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body;
    /// Memory that already holds the value.
    fn place<S: Shape>(&self, shape: S) -> Option<Strided<E>> {
        let _ = shape;
        None
    }
}

/// A number: it occupies no memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant<E>(pub(crate) E);

impl<E> Sealed for Constant<E> {}
impl<E: Discrete> Exact<E> for Constant<E> {
    type Body = Self;
    #[inline(always)]
    fn flat<S: Shape>(&self, _: S) -> bool {
        true
    }
    fn survey(&self, _: &mut Survey) {}
    #[inline(always)]
    fn bind(&self, _: &Frame, _: &Sizes) -> Self {
        *self
    }
}
impl<E: Discrete> ExactBody<E> for Constant<E> {
    #[inline(always)]
    fn dense(&self) -> bool {
        true
    }
    #[inline(always)]
    fn seek(&mut self, _: &Frame, _: &RowIndex) {}
    #[inline(always)]
    unsafe fn value<const DENSE: bool>(&self, _: usize, _: &mut Faults) -> E {
        self.0
    }
}

/// The value of a node in row-major order: its own memory where there is one, else one fused loop. An element without a
/// value raises [`Error::Undefined`].
#[track_caller]
pub(crate) fn exact<E: Discrete, D: Device, N: Exact<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    match node.place(shape) {
        Some(there) if there.is_whole(shape) => there.buf,
        Some(there) => device.copy_strided(&there),
        None => compute(device, node, shape),
    }
}

#[track_caller]
fn compute<E: Discrete, D: Device, N: Exact<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    let region = Region::of(shape);
    let flat = node.flat(shape);
    let frame = if flat { Frame::flat(region.len, 1) } else { surveyed(node, &region, S::Stretches::ON) };
    if frame.is_empty() {
        return device.zeroed(0);
    }
    // SAFETY: binding checks every operand against the frame.
    let computed = unsafe { device.evaluate_exact(&frame, node.bind(&frame, &region.size)) };
    computed.unwrap_or_else(|(position, reason)| raise(Error::undefined(reason, position, shape)))
}

#[inline(never)]
fn surveyed<E: Discrete, N: Exact<E>>(node: &N, region: &Region, last_stretches: bool) -> Frame {
    let mut survey = Survey::new(region, last_stretches);
    node.survey(&mut survey);
    survey.frame()
}
