//! Where the arguments of a region's loop stand: one list of 64-bit words, passed by value.

use super::formula::ConstantsAt;
use crate::loops::{Frame, TracedRegion};

/// The words of the arguments, by their numbers.
#[derive(Clone, Debug)]
pub(in crate::device::cuda) struct Layout {
    /// Sizes of the outer loops.
    pub(super) outer: usize,
    /// Where results go.
    pub(super) out: usize,
    /// Where the first element without a value is noted.
    pub(super) fault: usize,
    /// Where the gradients go.
    pub(super) gradients: usize,
    operands: usize,
    each: usize,
    pub(super) constants: ConstantsAt,
    /// How many there are.
    pub(super) words: usize,
}

/// The words of an operand.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperandAt {
    pub(super) address: usize,
    pub(super) step: usize,
    pub(super) outer: usize,
}

impl Layout {
    /// For so many outer loops, operands, gradients, and constants of each kind.
    pub(super) fn of(levels: usize, count: usize, gradients: usize, [numbers, whole]: [usize; 2]) -> Self {
        let outer = 2; // Behind the number of elements and the size of the inner loop.
        let out = outer + levels;
        let (fault, first_gradient) = (out + 1, out + 2);
        let (operands, each) = (first_gradient + gradients, 2 + levels);
        let constants = operands + each * count;
        let at = ConstantsAt { numbers: constants, whole: constants + numbers };
        let words = at.whole + whole;
        Layout { outer, out, fault, gradients: first_gradient, operands, each, constants: at, words }
    }

    pub(super) fn operand(&self, i: usize) -> OperandAt {
        let address = self.operands + self.each * i;
        OperandAt { address, step: address + 1, outer: address + 2 }
    }

    /// The words for a region that is walked so; `out`, `fault` and `gradients` are addresses.
    pub(in crate::device::cuda) fn words(
        &self,
        frame: &Frame,
        region: &TracedRegion,
        [out, fault]: [usize; 2],
        gradients: &[usize],
    ) -> Vec<u64> {
        let levels = frame.outer().len();
        let mut words = vec![frame.len() as u64, frame.inner() as u64];
        words.extend(frame.outer().iter().map(|&size| size as u64));
        words.extend([out, fault].iter().chain(gradients).map(|&address| address as u64));
        for access in &region.accesses {
            words.extend([access.address as u64, access.step as u64]);
            words.extend(access.outer[..levels].iter().map(|&stride| stride as u64));
        }
        words.extend(region.trace.numbers.iter().map(|number| number.to_bits()));
        words.extend(region.trace.whole.iter().map(|&number| number as u64));
        debug_assert_eq!(words.len(), self.words, "the arguments are not those that the loop reads");
        words
    }
}
