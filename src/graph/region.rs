//! Running a fused region: its value, its total, its gradient.
//!
//! Apart from the nodes because this is the only place where operands are bound to memory and handed to a device.
#![allow(unsafe_code)]

use super::body::{GradTarget, Slot};
use super::frame::{Axes, Frame, MAX_RANK, Region, Survey};
use super::node::{Lazy, Strided};
use crate::device::{Buf, Device, Host};
use crate::dims::{Flag, Off, On};
use crate::dtype::Real;
use crate::error::Error;
use crate::shape::Shape;

/// The gradient that enters a region: dense, or stretched along axes that its consumer reduced.
pub(crate) struct Seed<E> {
    buf: Buf<E>,
    offset: usize,
    axes: Axes,
    dense: bool,
}

impl<E: Real> Seed<E> {
    /// One gradient per element, row-major.
    #[inline]
    pub(crate) fn dense<S: Shape>(buf: Buf<E>, shape: S) -> Self {
        Seed { buf, offset: 0, axes: Axes::contiguous(shape), dense: true }
    }

    /// The gradient of a result that has size 1 (or no axis) where the region was reduced.
    pub(crate) fn stretched<S: Shape>(buf: Buf<E>, kept: &[usize; MAX_RANK], region: S) -> Self {
        let axes = Axes::row_major(*kept).along(&Axes::contiguous(region).size);
        Seed { buf, offset: 0, axes, dense: false }
    }

    /// One gradient for every element.
    #[inline]
    pub(crate) fn scalar<S: Shape>(buf: Buf<E>, region: S) -> Self {
        Seed { buf, offset: 0, axes: Axes::single(&Axes::contiguous(region).size), dense: false }
    }

    /// A gradient that lies in memory as the value does.
    pub(crate) fn strided(memory: Strided<E>) -> Self {
        Seed { buf: memory.buf, offset: memory.offset, axes: memory.axes, dense: false }
    }

    /// The gradient as the loops of the frame read it.
    fn slot<K: Flag>(&self, frame: &Frame) -> Slot<E, Off, K> {
        let place = self.buf.as_ptr().wrapping_add(self.offset);
        // SAFETY: checked below, before any loop runs; the buffer outlives them.
        let slot = unsafe { Slot::new(place, &self.axes.stride, frame, GradTarget::NONE) };
        assert!(slot.stays_inside(frame, self.offset, self.buf.len()), "the gradient does not cover its region");
        slot
    }

    fn is_scalar(&self) -> bool {
        self.axes.stride.iter().all(|&stride| stride == 0) // Arrays are compared by a call of memcmp.
    }
}

/// The element count of a region. More than `isize::MAX`, which no memory holds, is an error, not a wrapped product:
/// what is computed from the count of elements and from offsets among them stays within `usize` and `isize`.
#[inline(always)]
#[track_caller]
pub(crate) fn count<S: Shape>(shape: S) -> usize {
    Region::of(shape).len
}

#[inline(always)]
fn frame<E: Real, N: Lazy<E>, S: Shape>(node: &N, shape: S, region: &Region, seed: Option<&Seed<E>>) -> Frame {
    if node.flat(shape) && seed.is_none_or(|seed| seed.dense || seed.is_scalar()) {
        return Frame::flat(region.len, 1);
    }
    surveyed(node, region, S::Stretches::ON, seed)
}

#[inline(never)]
fn surveyed<E: Real, N: Lazy<E>>(node: &N, region: &Region, last_stretches: bool, seed: Option<&Seed<E>>) -> Frame {
    let mut survey = Survey::new(region, last_stretches);
    node.survey(&mut survey);
    if let Some(seed) = seed {
        survey.operand(&seed.axes, None);
    }
    survey.frame()
}

/// The value of a node as a whole tensor: its own memory where there is one, else one fused loop.
#[inline]
pub(crate) fn materialise<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    match node.memory().and_then(|there| there.whole(shape)) {
        Some(there) => there.clone(),
        None => compute(device, node, shape),
    }
}

fn compute<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    let region = Region::of(shape);
    let out = device.unwritten(region.len);
    // SAFETY: `out` has the region's length.
    unsafe { write(device, node, shape, &region, out.as_mut_ptr()) }
    out
}

/// # Safety
/// `out` has room for the elements of the region.
unsafe fn write<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S, region: &Region, out: *mut E) {
    let frame = frame(node, shape, region, None);
    if !frame.is_empty() {
        // SAFETY: binding checks every operand against the frame, whose length is the region's.
        unsafe { device.evaluate(&frame, &node.bind(&frame, &region.size), out) }
    }
}

/// The value of a node into memory of the host; fails where that has another number of elements.
pub(crate) fn materialise_into<E: Real, D: Host, N: Lazy<E>, S: Shape>(
    device: D,
    node: &N,
    shape: S,
    out: &mut [E],
) -> Result<(), Error> {
    let region = Region::of(shape);
    if region.len != out.len() {
        return Err(Error::length(shape, out.len()));
    }
    match node.memory().and_then(|there| there.whole(shape)) {
        Some(there) => out.copy_from_slice(there),
        // SAFETY: the lengths were compared.
        None => unsafe { write(device, node, shape, &region, out.as_mut_ptr()) },
    }
    Ok(())
}

/// The sum of a region times `scale`, computed on the fly: the region's values are never stored.
pub(crate) fn total<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S, scale: f64) -> Buf<E> {
    let region = Region::of(shape);
    let frame = frame(node, shape, &region, None);
    if frame.is_empty() {
        return device.scalar(E::of_f64(0.0 * scale));
    }
    // SAFETY: binding checks every operand against the frame.
    unsafe { device.total(&frame, &node.bind(&frame, &region.size), scale) }
}

/// Reverse mode through one region: `seed` is the gradient of its value; then on to its producers.
#[inline]
pub(crate) fn reverse<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: N, shape: S, seed: Seed<E>) {
    if !N::Grad::ON || !node.live() {
        return;
    }
    let region = Region::of(shape);
    let frame = frame(&node, shape, &region, Some(&seed));
    let (body, sink) = node.bind_gradient(device, &frame, &region.size);
    if !frame.is_empty() {
        // SAFETY: every operand was checked against the frame when it was bound; gradients have buffers of their own.
        unsafe {
            if seed.dense {
                device.pull(&frame, &body, &seed.slot::<Off>(&frame));
            } else {
                device.pull(&frame, &body, &seed.slot::<On>(&frame));
            }
        }
    }
    drop(seed);
    node.backward(device, sink);
}
