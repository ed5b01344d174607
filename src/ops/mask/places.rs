//! The places at which a mask holds.
//!
//! Apart from `condition`, which is about the truth values: here they become indices into a tensor.

use crate::device::{Buf, Device};
use crate::error::{collected, differ};
use crate::layout::{Axes, Strided};
use crate::ops::index::NumberedRows;
use crate::shape::{MaskShape, Shape};
use crate::tensor::Tensor;

/// The places at which it holds.
#[track_caller]
pub(super) fn places(holds: &[bool]) -> Vec<i64> {
    let count = holds.iter().filter(|holds| **holds).count();
    collected(count, (0..).zip(holds).filter(|(_, holds)| **holds).map(|(place, _)| place))
}

/// The elements of a tensor of this shape at which a mask holds, the mask being stretched to it.
#[track_caller]
pub(super) fn chosen<S: Shape, M: MaskShape<S>, D: Device>(mask: Tensor<M, bool, D>, shape: S) -> Vec<i64> {
    covered(mask.shape, shape);
    stretched_places(mask, shape)
}

/// The same as rows of one element.
#[track_caller]
pub(super) fn chosen_rows<S: Shape, M: MaskShape<S>, D: Device>(mask: Tensor<M, bool, D>, shape: S) -> NumberedRows {
    NumberedRows::new(mask.device, 1, chosen(mask, shape))
}

/// A mask of shape `own` fits a tensor of this shape, or [`Error::Sizes`] is raised.
#[track_caller]
pub(super) fn covered<M: MaskShape<S>, S: Shape>(own: M, shape: S) {
    if let Err(mismatch) = own.cover(shape) {
        differ(mismatch);
    }
}

/// The elements of a tensor of this shape at which a mask holds that fits it or stretches.
fn stretched_places<D: Device, S: Shape, M: Shape>(mask: Tensor<M, bool, D>, shape: S) -> Vec<i64> {
    let device = mask.device;
    device.show(&stretched(mask, shape), places)
}

/// The mask for each element of a tensor of this shape, which it fits or stretches to.
fn stretched<D: Device, S: Shape, M: Shape>(mask: Tensor<M, bool, D>, shape: S) -> Buf<bool> {
    let Tensor { buf, shape: own, device } = mask;
    let (axes, region) = (Axes::contiguous(own), Axes::contiguous(shape));
    if axes == region {
        return buf;
    }
    device.copy_strided(&Strided { buf, offset: 0, axes: axes.along(&region.size) })
}

/// How many elements are looked at before it is asked whether the answer is known.
const BLOCK: usize = 4096;

/// Whether a mask holds at any of its elements.
pub(in crate::ops) fn anywhere<S: Shape, D: Device>(mask: Tensor<S, bool, D>) -> bool {
    let any = |block: &[bool]| block.iter().fold(false, |any, &holds| any | holds);
    mask.device.show(&mask.buf, |holds| holds.chunks(BLOCK).any(any))
}

/// Whether a mask holds at all of its elements.
pub(in crate::ops) fn everywhere<S: Shape, D: Device>(mask: Tensor<S, bool, D>) -> bool {
    let all = |block: &[bool]| block.iter().fold(true, |all, &holds| all & holds);
    mask.device.show(&mask.buf, |holds| holds.chunks(BLOCK).all(all))
}
