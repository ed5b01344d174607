//! How the operands of a region lie along its axes, and which of these all of them cross in one stride.

use super::walk::{Frame, OUTER};
use crate::layout::{Axes, MAX_AXES, MAX_RANK, Region, Sizes, Strides};

/// The first axis of a region among those of memory; before it each has one index.
const FIRST: usize = MAX_AXES - MAX_RANK;

/// Collects how the operands lie along the region's axes.
pub struct Survey {
    pub(super) region: Sizes,
    /// `merge[i]`: every operand crosses from axis `i` into axis `i + 1` in one stride.
    pub(super) merge: [bool; MAX_AXES],
    /// The last axis may be dropped when its size is 1: it is literally `D<1>` for every operand.
    pub(super) last_stretches: bool,
    /// The largest operand that receives sums of gradients.
    pub(super) reduced: usize,
    /// The largest one that receives a sum of each row: as long as rows are whole, no two chunks meet in it.
    pub(super) of_rows: usize,
}

impl Survey {
    /// A region without operands yet; `last_stretches` where the last axis is `D<1>` by its type.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(region: &Region, last_stretches: bool) -> Self {
        Survey { region: region.size, merge: [true; MAX_AXES], last_stretches, reduced: 0, of_rows: 0 }
    }

    /// The sizes of the region's axes, right-aligned.
    pub(crate) fn region(&self) -> &Sizes {
        &self.region
    }

    /// One operand: its strides along the region, and its element count where it receives gradients and indices share
    /// its elements.
    #[inline]
    pub(crate) fn operand(&mut self, stride: &Strides, summed: Option<usize>) {
        for i in FIRST..MAX_AXES - 1 {
            self.merge[i] &= stride[i] == stride[i + 1].wrapping_mul(self.region[i + 1] as isize);
        }
        if let Some(len) = summed {
            self.reduced = self.reduced.max(len.max(1));
        }
    }

    /// An operand that lies in memory row-major, with these dims, and its element count where it receives gradients;
    /// `exact` where sums of a row may go straight to their place. Compiled once, in this crate.
    pub(crate) fn dense(&mut self, dims: &[usize], gradients: Option<usize>, exact: bool) {
        let axes = Axes::of_dims(dims).along(&self.region);
        let of_rows = exact && axes.of_rows();
        self.receiving(&axes, gradients.filter(|_| axes.reduces()), of_rows);
    }

    /// An operand whose element count is `summed` where indices share its elements; `of_rows` where these are those of
    /// a row, and its sum may go straight to its place.
    pub(crate) fn receiving(&mut self, axes: &Axes, summed: Option<usize>, of_rows: bool) {
        if of_rows {
            self.of_rows = self.of_rows.max(summed.unwrap_or(0));
        }
        self.operand(&axes.stride, summed.filter(|_| !of_rows));
    }

    /// The loops: adjacent axes are merged, axes of size 1 vanish.
    pub(crate) fn frame(&self) -> Frame {
        let mut frame = Frame {
            rows: 1,
            inner: 1,
            outer: [1; OUTER],
            source: [MAX_AXES - 1; MAX_RANK],
            levels: 0,
            chunks: 1,
            parts: 1,
        };
        let mut sizes = [1; MAX_RANK];
        let mut groups = 0;
        let mut open: Option<usize> = None; // the axis right of the one at hand that still is in the current group
        for i in (FIRST..MAX_AXES).rev() {
            let last = i == MAX_AXES - 1;
            if self.region[i] == 1 && (!last || self.last_stretches) {
                continue;
            }
            if open.is_some_and(|right| self.merges(i, right)) {
                sizes[groups - 1] *= self.region[i];
            } else {
                sizes[groups] = self.region[i];
                frame.source[groups] = i;
                groups += 1;
            }
            open = Some(i);
        }
        frame.inner = sizes[0];
        frame.levels = groups.saturating_sub(1);
        frame.outer.copy_from_slice(&sizes[1..]);
        frame.rows = frame.outer.iter().product();
        frame.divide(self.reduced, self.of_rows);
        frame
    }

    /// Between `i` and `right` lie only axes of size 1, whose strides multiply through.
    fn merges(&self, i: usize, right: usize) -> bool {
        (i..right).all(|k| self.merge[k])
    }
}
