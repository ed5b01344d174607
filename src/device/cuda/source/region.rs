//! What of a fused region is compiled: its key.
//!
//! Apart from the launches because a key is all that the text depends on, and from the text because a key is made at
//! every launch: it is printed once for each.

use super::arguments::Layout;
use super::formula::{may_fault, size_of_elem};
use crate::loops::{Access, Frame, TracedRegion};
use crate::num::TraceStep;

/// How the elements of an operand follow each other along the inner loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) enum Along {
    /// Side by side.
    Dense,
    /// One element that stretches.
    Stretched,
    /// A step apart that only the run knows.
    Apart,
}

/// What becomes of the gradient of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) enum Deposit {
    /// It is the only one of its place.
    Written,
    /// It is added to what is there.
    Added,
    /// It is kept in row-major order: the elements of a place are summed by another loop.
    Kept,
}

/// What the loop of a region is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) enum Purpose {
    /// The value of each element, of this type.
    Value(&'static str),
    /// The sum of all values, in parts.
    Total,
    /// The gradients of operands: of which, the step that is it, and what becomes of it.
    Gradients(Vec<(usize, usize, Deposit)>),
}

/// What of a region is compiled: all but addresses, sizes, strides and constants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::device::cuda) struct RegionKey {
    pub(super) purpose: Purpose,
    pub(super) steps: Vec<TraceStep>,
    pub(super) constants: [usize; 2],
    /// The step that is the value.
    pub(super) value: usize,
    pub(super) operands: Vec<(&'static str, Along)>,
    /// Loops around the inner one.
    pub(super) levels: usize,
    /// Whether places are counted in 32 bits.
    pub(super) near: bool,
    /// How many elements a thread takes in one go.
    pub(in crate::device::cuda) side: usize,
}

/// Bytes that a thread reads in one go at most.
const WIDEST: usize = 16;

impl RegionKey {
    /// Of a region that is walked so. `out`: where the values go, if they do.
    pub(in crate::device::cuda) fn of(
        region: &TracedRegion,
        frame: &Frame,
        purpose: Purpose,
        out: Option<usize>,
    ) -> Self {
        let operands = region.accesses.iter().map(|access| (access.elem, along(access))).collect();
        let key = RegionKey {
            purpose,
            steps: region.trace.steps.clone(),
            constants: [region.trace.numbers.len(), region.trace.whole.len()],
            value: region.value.place(),
            operands,
            levels: frame.outer().len(),
            near: region.accesses.iter().map(|access| reach(access, frame)).fold(frame.len(), usize::max) < 1 << 31,
            side: 1,
        };
        let side = out.map_or(1, |out| key.side(region, out));
        RegionKey { side, ..key }
    }

    /// How many elements can be taken in one go: those of one loop, all of them side by side, from places on that the
    /// device reads so many at.
    fn side(&self, region: &TracedRegion, out: usize) -> usize {
        let Purpose::Value(elem) = self.purpose else { return 1 };
        let sizes = self.operands.iter().map(|(elem, _)| size_of_elem(elem)).chain([size_of_elem(elem)]);
        let side = WIDEST / sizes.max().unwrap_or(WIDEST);
        let fits = |elem: &str, address: usize| address.is_multiple_of(side * size_of_elem(elem));
        let apart = self.operands.iter().any(|(_, along)| *along == Along::Apart);
        let aligned = region
            .accesses
            .iter()
            .zip(&self.operands)
            .all(|(access, (elem, along))| *along == Along::Stretched || fits(elem, access.address));
        let whole = self.levels == 0 && !apart && aligned && fits(elem, out) && !may_fault(&self.steps);
        if whole { side } else { 1 }
    }

    /// Whether an element may have no value.
    pub(in crate::device::cuda) fn may_fault(&self) -> bool {
        may_fault(&self.steps)
    }

    /// Where its arguments stand.
    pub(in crate::device::cuda) fn layout(&self) -> Layout {
        let gradients = match &self.purpose {
            Purpose::Gradients(gradients) => gradients.len(),
            _ => 0,
        };
        Layout::of(self.levels, self.operands.len(), gradients, self.constants)
    }
}

fn along(access: &Access) -> Along {
    match access.step {
        _ if access.dense => Along::Dense,
        1 => Along::Dense,
        0 => Along::Stretched,
        _ => Along::Apart,
    }
}

/// The farthest place of an operand from its first one.
fn reach(access: &Access, frame: &Frame) -> usize {
    let far = |size: usize, step: isize| size.saturating_sub(1).saturating_mul(step.unsigned_abs());
    let outer = frame.outer().iter().zip(access.outer).map(|(&size, step)| far(size, step));
    outer.fold(far(frame.inner(), access.step), usize::saturating_add)
}
