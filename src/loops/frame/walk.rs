//! The loops of a region, and the parts of them that are work of their own.
//!
//! Apart from the survey because a device knows nothing of the operands but these loops.

use crate::layout::{MAX_AXES, MAX_RANK, stays_inside};

/// Axes beside the inner one: a region is of a shape, so that it has fewer axes than memory may have.
pub const OUTER: usize = MAX_RANK - 1;
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
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn flat(len: usize, reduced: usize) -> Self {
        let source = [MAX_AXES - 1; MAX_RANK];
        let mut frame = Frame { rows: 1, inner: len, outer: [1; OUTER], source, levels: 0, chunks: 1, parts: 1 };
        frame.divide(reduced, 0);
        frame
    }

    /// Partial sums may take as much memory as the region twice over, not more.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn divide(&mut self, reduced: usize, of_rows: usize) {
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
    #[cfg_attr(optimised, inline(always))]
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
    #[cfg_attr(optimised, inline(always))]
    pub fn len(&self) -> usize {
        self.rows * self.inner
    }

    /// Elements of the inner loop.
    pub fn inner(&self) -> usize {
        self.inner
    }

    /// The sizes of the loops around it, the fastest first.
    pub fn outer(&self) -> &[usize] {
        &self.outer[..self.levels]
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The work of one chunk.
    #[cfg_attr(optimised, inline(always))]
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
    #[cfg_attr(optimised, inline(always))]
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
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn len(&self) -> usize {
        self.end - self.first
    }

    /// `(row, first column, end column)` of each unit in order.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn units(self, inner: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        (self.first..self.end).map(move |unit| {
            let (row, block) = if self.blocks == 1 { (unit, 0) } else { (unit / self.blocks, unit % self.blocks) };
            (row, block * self.width, inner.min((block + 1) * self.width))
        })
    }
}
