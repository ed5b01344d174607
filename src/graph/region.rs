//! Running a fused region: its value, its total, its average.
//!
//! Apart from the nodes because what is computed here goes through no gradient.
#![allow(unsafe_code, reason = "operands are handed to the loops of a device, once they are checked")]

use super::memory::Memory;
use super::node::{Lazy, frame};
use crate::device::{Buf, Device, Host};
use crate::dtype::{Elem, Real};
use crate::error::{Error, raise};
use crate::layout::Region;
use crate::loops::{RowInput, RowProgram, Rows};
use crate::shape::Shape;

/// The value of a node as a whole tensor: its own memory where there is one, else one fused loop. An element without a
/// value raises [`Error::Undefined`].
#[inline]
#[track_caller]
pub(crate) fn materialise<E: Elem, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    match node.memory().and_then(|there| there.whole(shape)) {
        Some(there) => there.clone(),
        None => compute(device, node, shape),
    }
}

#[track_caller]
fn compute<E: Elem, D: Device, N: Lazy<E>, S: Shape>(device: D, node: &N, shape: S) -> Buf<E> {
    // A fused loop would read one element of each line of memory at a time.
    if let Some(Memory::Strided(there)) = node.memory()
        && (E::INTEGER || there.axes.crossing().is_some())
    {
        return device.copy_strided(there);
    }
    let region = Region::of(shape);
    let out = device.unwritten(region.len);
    // SAFETY: `out` has the region's length.
    match unsafe { write(device, node, shape, &region, out.address()) } {
        Ok(()) => out,
        Err(error) => raise(error),
    }
}

/// # Safety
/// `out` has room for the elements of the region.
#[cfg_attr(optimised, inline(always))]
unsafe fn write<E: Elem, D: Device, N: Lazy<E>, S: Shape>(
    device: D,
    node: &N,
    shape: S,
    region: &Region,
    out: *mut E,
) -> Result<(), Error> {
    let frame = frame(node, shape, region, None);
    if frame.is_empty() {
        return Ok(());
    }
    // SAFETY: binding checks every operand against the frame, whose length is the region's.
    let computed = unsafe { device.evaluate(&frame, &node.bind(&frame, &region.size), out) };
    if !E::INTEGER {
        return Ok(()); // Floats have a value everywhere: what says where there is none is not even compiled.
    }
    computed.map_err(|(position, reason)| Error::undefined(reason, position, shape))
}

/// The value of a node into memory of the host; fails where that has another number of elements.
pub(crate) fn materialise_into<E: Elem, D: Host, N: Lazy<E>, S: Shape>(
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
        Some(there) => out.copy_from_slice(device.slice(there)),
        // SAFETY: the lengths were compared.
        None => unsafe { write(device, node, shape, &region, out.as_mut_ptr())? },
    }
    Ok(())
}

/// The average of a region, `scale` times its sum: what the program makes of the values where the sum is out of range.
pub(crate) fn average<E: Real, D: Device, N: Lazy<E>, S: Shape, P: RowProgram>(
    device: D,
    node: &N,
    shape: S,
    scale: f64,
    (rows, program): (Rows, P),
) -> Buf<E> {
    let region = Region::of(shape);
    let frame = frame(node, shape, &region, None);
    if frame.is_empty() {
        return device.fold_rows(rows, program, &[RowInput::Elements(&device.zeroed(0))]);
    }
    // SAFETY: binding checks every operand against the frame.
    unsafe { device.average(&frame, &node.bind(&frame, &region.size), scale, (rows, program)) }
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
