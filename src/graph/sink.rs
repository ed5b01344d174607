//! Where the gradient of an operand arrives while a region runs.
//!
//! Apart from the operands because a leaf, a view and a result all open one.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::error::{Error, raise};
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

    /// Opens a destination of `len` elements: what is there already, or a fresh one. `summed`: several indices of the
    /// region may meet in one of them, so that chunks, which write at the same time, need sums of their own; `of_rows`:
    /// these are the indices of one row, which is one chunk's as long as rows are whole.
    pub(crate) fn open<D: Device>(
        device: D,
        there: Option<Buf<E>>,
        len: usize,
        summed: impl Fn() -> bool,
        of_rows: impl Fn() -> bool,
        frame: &Frame,
    ) -> (GradTarget<E>, Self) {
        let fits = there.as_ref().is_none_or(|there| there.len() == len);
        assert!(fits, "the gradient that an operand has already is of another length than the operand");
        let exclusive = len == frame.len() && !summed();
        let add = there.is_some() || !exclusive;
        let target = match there {
            Some(target) => device.unshared(target),
            None if exclusive => device.unwritten(len),
            None => device.zeroed(len),
        };
        let count = frame.chunks * frame.parts;
        let straight = || !E::NARROW && frame.keeps_rows() && of_rows();
        if (E::NARROW || count > 1) && summed() && !straight() {
            let parts = device.zeroed(room::<E>(len, count));
            let place = GradTarget { base: parts.address(), partial: len, add: true };
            return (place, LeafSink { target: Some(target), parts: Some(parts) });
        }
        (GradTarget { base: target.address(), partial: 0, add }, LeafSink { target: Some(target), parts: None })
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

/// Elements that `count` partial sums of `len` numbers take; [`Error::TooLarge`] where a `usize` does not hold them.
#[inline]
fn room<E: Real>(len: usize, count: usize) -> usize {
    let words = count.checked_mul(E::WORDS).and_then(|words| words.checked_mul(len));
    words.unwrap_or_else(|| raise(Error::TooLarge { shape: format!("({count}, {len})"), bytes: None }))
}

#[cfg(test)]
mod tests {
    use super::room;
    use crate::{Error, attempt, f16};

    #[test]
    fn partial_sums_beyond_the_address_space_are_an_error() {
        assert_eq!((room::<f16>(3, 4), room::<f64>(3, 4)), (12 * 2, 12));
        for len in [usize::MAX / 4, usize::MAX] {
            assert!(matches!(attempt(|| room::<f16>(len, 4)), Err(Error::TooLarge { .. })), "{len}");
        }
    }
}
