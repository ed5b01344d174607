//! Where the gradient of an operand arrives while a region runs.
//!
//! Apart from the operands because a leaf, a view and a result all open one.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::layout::Axes;
use crate::loops::{Frame, GradTarget};

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
