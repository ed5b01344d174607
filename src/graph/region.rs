//! Running a fused region: its value, its total, its gradient.
//!
//! Apart from the nodes because this is the only place where operands are bound to memory and handed to a device.
#![allow(unsafe_code)]

use super::body::{GradTarget, Slot};
use super::frame::{Axes, Frame, MAX_RANK, Survey};
use super::node::{Lazy, Strided};
use crate::device::{Buf, Device, Host};
use crate::dims::{Flag, Off, On};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::shape::Shape;

/// The gradient that enters a region: dense, or stretched along axes that its consumer reduced.
pub struct Seed<E> {
    buf: Buf<E>,
    offset: usize,
    axes: Axes,
    dense: bool,
}

impl<E: Real> Seed<E> {
    /// One gradient per element, row-major.
    #[inline]
    pub fn dense<S: Shape>(buf: Buf<E>, shape: S) -> Self {
        Seed { buf, offset: 0, axes: Axes::contiguous(shape), dense: true }
    }

    /// The gradient of a result that has size 1 (or no axis) where the region was reduced.
    pub fn stretched<S: Shape>(buf: Buf<E>, kept: &[usize; MAX_RANK], region: S) -> Self {
        let axes = Axes::row_major(*kept).along(&Axes::contiguous(region).size);
        Seed { buf, offset: 0, axes, dense: false }
    }

    /// One gradient for every element.
    #[inline]
    pub fn scalar<S: Shape>(buf: Buf<E>, region: S) -> Self {
        Seed { buf, offset: 0, axes: Axes::single(&Axes::contiguous(region).size), dense: false }
    }

    /// A gradient that lies in memory as the value does.
    pub fn strided(memory: Strided<E>) -> Self {
        Seed { buf: memory.buf, offset: memory.offset, axes: memory.axes, dense: false }
    }

    fn is_scalar(&self) -> bool {
        self.axes.stride.iter().all(|&stride| stride == 0) // Arrays are compared by a call of memcmp.
    }
}

/// The element count of a region; more than the address space is an error, not a wrapped product.
#[inline(always)]
#[track_caller]
pub(crate) fn count<S: Shape>(shape: S) -> usize {
    match shape.checked_len() {
        Some(len) => len,
        None => raise(Error::too_large(shape)),
    }
}

#[inline(always)]
fn frame<E: Real, N: Lazy<E>, S: Shape>(node: &N, shape: S, seed: Option<&Seed<E>>) -> Frame {
    let len = count(shape);
    if node.flat(shape) && seed.is_none_or(|seed| seed.dense || seed.is_scalar()) {
        return Frame::flat(len, 1);
    }
    surveyed(node, shape, seed)
}

#[inline(never)]
fn surveyed<E: Real, N: Lazy<E>, S: Shape>(node: &N, shape: S, seed: Option<&Seed<E>>) -> Frame {
    let mut survey = Survey::new(shape);
    node.survey(&mut survey);
    if let Some(seed) = seed {
        survey.operand(&seed.axes, None);
    }
    survey.frame()
}

/// The value of a node as a whole tensor: its own memory where there is one, else one fused loop.
#[inline]
pub fn materialise<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    match node.memory().and_then(|there| there.whole(shape)) {
        Some(there) => there.clone(),
        None => compute(device, node, shape),
    }
}

fn compute<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    let frame = frame(node, shape, None);
    let out = device.unwritten(frame.len());
    // SAFETY: `out` has the region's length.
    unsafe { write(device, node, shape, &frame, out.as_mut_ptr()) }
    out
}

/// # Safety
/// `out` has room for the frame's elements, which is that of the region.
unsafe fn write<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S, frame: &Frame, out: *mut E) {
    let region = Axes::contiguous(shape).size;
    if !frame.is_empty() {
        // SAFETY: binding checks every operand against the frame, and `out` has the region's length.
        unsafe { device.evaluate(frame, &node.bind(frame, &region), out) }
    }
}

/// The value of a node into memory of the host; fails where that has another number of elements.
pub fn materialise_into<E: Real, D: Host, N: Lazy<E>, S: Shape>(
    device: D,
    node: &N,
    shape: S,
    out: &mut [E],
) -> Result<(), Error> {
    if count(shape) != out.len() {
        return Err(Error::length(shape, out.len()));
    }
    match node.memory().and_then(|there| there.whole(shape)) {
        Some(there) => out.copy_from_slice(there),
        // SAFETY: the lengths were compared.
        None => unsafe { write(device, node, shape, &frame(node, shape, None), out.as_mut_ptr()) },
    }
    Ok(())
}

/// The sum of a region times `scale`, computed on the fly: the region's values are never stored.
pub fn total<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S, scale: f64) -> Buf<E> {
    let frame = frame(node, shape, None);
    let region = Axes::contiguous(shape).size;
    if frame.is_empty() {
        return device.scalar(E::of_f64(0.0 * scale));
    }
    // SAFETY: binding checks every operand against the frame.
    unsafe { device.total(&frame, &node.bind(&frame, &region), scale) }
}

/// Reverse mode through one region: `seed` is the gradient of its value; then on to its producers.
#[inline]
pub fn reverse<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: N, shape: S, seed: Seed<E>) {
    if !N::Grad::ON || !node.live() {
        return;
    }
    let frame = frame(&node, shape, Some(&seed));
    let region = Axes::contiguous(shape).size;
    let (body, sink) = node.bind_gradient(device, &frame, &region);
    let covered = if seed.dense { seed.buf.len() == frame.len() } else { seed.axes.fits(seed.offset, seed.buf.len()) };
    assert!(covered, "the gradient does not cover its region");
    if !frame.is_empty() {
        let place = seed.buf.as_ptr().wrapping_add(seed.offset);
        // SAFETY: the seed and every operand were checked against the frame; gradients have buffers of their own.
        unsafe {
            if seed.dense {
                let seed = Slot::<E, Off, Off>::new(place, &seed.axes.stride, &frame, GradTarget::NONE);
                device.pull(&frame, &body, &seed);
            } else {
                let seed = Slot::<E, Off, On>::new(place, &seed.axes.stride, &frame, GradTarget::NONE);
                device.pull(&frame, &body, &seed);
            }
        }
    }
    drop(seed);
    node.backward(device, sink);
}
