//! How a fused region is walked: as few loops as its operands allow, the innermost one contiguous.
//!
//! Apart from the nodes because a device receives only this: every operand first says how it lies along the region's
//! axes (the survey), then axes that all operands can cross in one stride are merged (the frame).

use crate::layout::{Axes, MAX_AXES, MAX_RANK, Region, Sizes, Strides, stays_inside};

/// Axes beside the inner one: a region is of a shape, so that it has fewer axes than memory may have.
pub const OUTER: usize = MAX_RANK - 1;
/// The first axis of a region among those of memory; before it each has one index.
const FIRST: usize = MAX_AXES - MAX_RANK;
/// An index on each outer axis, fastest first.
pub type RowIndex = [usize; OUTER];

/// Elements per chunk of work. Chunks depend on sizes alone, never on the number of threads: that keeps the bits of
/// every reduction the same for any number of threads.
const CHUNK: usize = 1 << 15;
/// Chunks of a region at most; each has its own partial sums.
const MAX_CHUNKS: usize = 64;

/// Rows of a chunk from which on what they add up to is summed in parts: the gradient of a row that is added to each.
const LONG: usize = 1024;
/// Rows of such a part. All parts together take a 32nd of the region's memory at most.
const PART: usize = 64;

/// Collects how the operands lie along the region's axes.
pub struct Survey {
    region: Sizes,
    /// `merge[i]`: every operand crosses from axis `i` into axis `i + 1` in one stride.
    merge: [bool; MAX_AXES],
    /// The last axis may be dropped when its size is 1: it is literally `D<1>` for every operand.
    last_stretches: bool,
    /// The largest operand that receives sums of gradients.
    reduced: usize,
    /// The largest one that receives a sum of each row: as long as rows are whole, no two chunks meet in it.
    of_rows: usize,
}

impl Survey {
    /// A region without operands yet; `last_stretches` where the last axis is `D<1>` by its type.
    #[inline(always)]
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

/// The loops of a region: `rows` times `inner` contiguous elements.
///
/// Outside of the crate nobody makes one, so nobody can bind the operands of a node to it either: what reads and writes
/// memory unchecked is only reached through the loops that were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// How often the inner loop runs.
    pub(crate) rows: usize,
    /// Elements of the inner loop.
    pub(crate) inner: usize,
    /// Sizes of the outer axes, fastest first.
    pub(crate) outer: RowIndex,
    /// Which axis of the region gives the stride of each loop, the inner one first.
    pub(crate) source: [usize; MAX_RANK],
    /// Outer axes in use.
    pub(crate) levels: usize,
    /// Parts of the work, each with its own partial sums.
    pub(crate) chunks: usize,
    /// Partial sums that a chunk of many rows has, one after the other.
    pub(crate) parts: usize,
}

impl Frame {
    /// One contiguous loop over `len` elements.
    #[inline(always)]
    pub(crate) fn flat(len: usize, reduced: usize) -> Self {
        let source = [MAX_AXES - 1; MAX_RANK];
        let mut frame = Frame { rows: 1, inner: len, outer: [1; OUTER], source, levels: 0, chunks: 1, parts: 1 };
        frame.divide(reduced, 0);
        frame
    }

    /// Partial sums may take as much memory as the region twice over, not more.
    #[inline(always)]
    fn divide(&mut self, reduced: usize, of_rows: usize) {
        let total = self.len();
        if total > CHUNK {
            let room = |reduced| (2 * total).checked_div(reduced).unwrap_or(MAX_CHUNKS).max(1);
            self.chunks = (total / CHUNK).clamp(1, MAX_CHUNKS).min(room(reduced));
            if !self.keeps_rows() {
                self.chunks = self.chunks.min(room(of_rows));
            }
        }
        if self.rows >= LONG && reduced > 0 {
            self.divide_chunks(total, reduced);
        }
    }

    /// Whether no row is divided among chunks.
    #[inline(always)]
    pub(crate) fn keeps_rows(&self) -> bool {
        self.rows >= self.chunks
    }

    /// Sums of many rows are taken in parts. Apart because few frames have as many rows, and a step waits for
    /// divisions.
    #[cold]
    fn divide_chunks(&mut self, total: usize, reduced: usize) {
        let rows = self.rows / self.chunks;
        if rows >= LONG {
            let room = total / (PART / 2) / reduced.saturating_mul(self.chunks);
            self.parts = (rows / PART).min(room).max(1);
        }
    }

    /// Whether an operand whose first element is number `offset` of `len` stays inside its memory in all loops.
    #[inline]
    pub(crate) fn stays_inside(&self, offset: usize, step: isize, outer: &[isize; OUTER], len: usize) -> bool {
        if self.levels == 0 && step >= 0 && self.inner > 0 {
            return offset.saturating_add((self.inner - 1).saturating_mul(step as usize)) < len;
        }
        let loops = [(self.inner, step)].into_iter().chain(self.outer.iter().copied().zip(*outer).take(self.levels));
        self.is_empty() || stays_inside(loops, offset, len)
    }

    /// Elements of the region.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.rows * self.inner
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The work of one chunk.
    #[inline(always)]
    pub(crate) fn chunk(&self, index: usize) -> Chunk {
        if self.chunks == 1 {
            return Chunk { first: 0, end: self.rows, blocks: 1, width: self.inner };
        }
        self.part(index)
    }

    fn part(&self, index: usize) -> Chunk {
        let blocks = if self.keeps_rows() { 1 } else { self.inner.div_ceil(CHUNK) };
        let width = self.inner.div_ceil(blocks.max(1)).next_multiple_of(16).max(1);
        let blocks = self.inner.div_ceil(width).max(1);
        let units = self.rows * blocks;
        // `units · index / chunks`, without a product that could be too large.
        let (whole, rest) = (units / self.chunks, units % self.chunks);
        let start = |index: usize| whole * index + rest * index / self.chunks;
        Chunk { first: start(index), end: start(index + 1), blocks, width }
    }

    /// Splits a row number into an index on each outer axis.
    #[inline(always)]
    pub(crate) fn index(&self, row: usize) -> RowIndex {
        if self.levels > 1 {
            return self.split(row);
        }
        let mut index = [0; OUTER];
        index[0] = row;
        index
    }

    /// Of several axes. Out of line: a row waits for divisions, not for a call.
    #[inline(never)]
    fn split(&self, mut row: usize) -> RowIndex {
        let mut index = [0; OUTER];
        for (place, &size) in index.iter_mut().zip(&self.outer).take(self.levels) {
            *place = row % size;
            row /= size;
        }
        index
    }
}

/// A range of units; a unit is a block of at most `width` columns of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk {
    first: usize,
    end: usize,
    blocks: usize,
    width: usize,
}

impl Chunk {
    /// How many units there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.end - self.first
    }

    /// `(row, first column, end column)` of each unit in order.
    #[inline(always)]
    pub(crate) fn units(self, inner: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        (self.first..self.end).map(move |unit| {
            let (row, block) = if self.blocks == 1 { (unit, 0) } else { (unit / self.blocks, unit % self.blocks) };
            (row, block * self.width, inner.min((block + 1) * self.width))
        })
    }
}

#[cfg(test)]
mod tests;
