//! How a fused region is walked: as few loops as its operands allow, the innermost one contiguous.
//!
//! Apart from the nodes because a device receives only this: every operand first says how it lies along the region's
//! axes (the survey), then axes that all operands can cross in one stride are merged (the frame).

use crate::shape::Shape;

/// The highest rank of a tensor.
pub const MAX_RANK: usize = 6;

/// Elements per chunk of work. Chunks depend on sizes alone, never on the number of threads: that keeps the bits of
/// every reduction the same for any number of threads.
const CHUNK: usize = 1 << 15;
/// Chunks of a region at most; each has its own partial sums.
const MAX_CHUNKS: usize = 64;

/// Sizes and strides of up to [`MAX_RANK`] axes, right-aligned so that axis 5 is always the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes {
    /// Size of each axis; 1 where the rank is lower.
    pub size: [usize; MAX_RANK],
    /// Elements from one index to the next; 0 where the axis is missing or stretched.
    pub stride: [isize; MAX_RANK],
}

impl Axes {
    /// Row-major axes of a shape.
    #[inline(always)]
    pub fn contiguous<S: Shape>(shape: S) -> Self {
        let dims = shape.dims();
        let mut axes = Axes { size: [1; MAX_RANK], stride: [0; MAX_RANK] };
        // Wraps for shapes beyond the address space: `count` refuses these before any of their elements is touched.
        let mut stride = 1usize;
        for (place, &size) in (MAX_RANK - S::RANK..MAX_RANK).rev().zip(dims.iter().rev()) {
            axes.size[place] = size;
            axes.stride[place] = stride as isize;
            stride = stride.wrapping_mul(size);
        }
        axes
    }

    /// One element that stretches along the whole region.
    #[inline(always)]
    pub fn single(region: &[usize; MAX_RANK]) -> Self {
        Axes { size: *region, stride: [0; MAX_RANK] }
    }

    /// Row-major axes of these sizes.
    pub fn row_major(size: [usize; MAX_RANK]) -> Self {
        let mut axes = Axes { size, stride: [0; MAX_RANK] };
        let mut stride = 1;
        for i in (0..MAX_RANK).rev() {
            axes.stride[i] = stride as isize;
            stride *= size[i];
        }
        axes
    }

    /// The same memory along a larger shape: axes of size 1 are stretched by stride 0 where the region's are not 1.
    ///
    /// # Panics
    /// When an axis fits neither way; the shape laws exclude it, so it is a bug (or a dim that lies about its size).
    #[inline(always)]
    pub fn along(mut self, region: &[usize; MAX_RANK]) -> Self {
        for i in 0..MAX_RANK {
            if self.size[i] != region[i] {
                assert!(self.size[i] == 1, "axis of {} elements inside a region of {}", self.size[i], region[i]);
                self.stride[i] = 0;
                self.size[i] = region[i];
            }
        }
        self
    }

    /// Elements from the first to the last one that is touched, and how far below the first.
    #[inline]
    fn reach(&self) -> (usize, usize) {
        let mut reach = (0, 0);
        for (size, stride) in self.size.iter().zip(self.stride) {
            let step = stride.unsigned_abs() * size.saturating_sub(1);
            if stride >= 0 { reach.0 += step } else { reach.1 += step }
        }
        reach
    }

    /// Whether every access from `offset` stays inside `len` elements.
    #[inline(always)]
    pub fn fits(&self, offset: usize, len: usize) -> bool {
        let (up, down) = self.reach();
        self.size.contains(&0) || (offset >= down && offset + up < len)
    }

    /// Whether no two indices share an element, as far as strides of 0 tell.
    pub fn is_injective(&self) -> bool {
        !self.reduces()
    }

    /// Whether some index of the region is not an index of this memory: several elements meet in one.
    #[inline(always)]
    pub(crate) fn reduces(&self) -> bool {
        (0..MAX_RANK).any(|i| self.size[i] > 1 && self.stride[i] == 0)
    }
}

/// Collects how the operands lie along the region's axes.
pub struct Survey {
    region: [usize; MAX_RANK],
    /// `merge[i]`: every operand crosses from axis `i` into axis `i + 1` in one stride.
    merge: [bool; MAX_RANK],
    /// The last axis may be dropped when its size is 1: it is literally `D<1>` for every operand.
    last_stretches: bool,
    /// The largest operand that receives sums of gradients.
    reduced: usize,
}

impl Survey {
    /// A region of this shape, without operands yet.
    #[inline(always)]
    pub fn new<S: Shape>(shape: S) -> Self {
        let region = Axes::contiguous(shape).size;
        let last_stretches = <S::Stretches as crate::dims::Flag>::ON;
        Survey { region, merge: [true; MAX_RANK], last_stretches, reduced: 0 }
    }

    /// The sizes of the region's axes, right-aligned.
    pub fn region(&self) -> &[usize; MAX_RANK] {
        &self.region
    }

    /// One operand: its axes along the region, and its element count when it receives gradients.
    #[inline]
    pub fn operand(&mut self, axes: &Axes, gradients: Option<usize>) {
        for i in 0..MAX_RANK - 1 {
            self.merge[i] &= axes.stride[i] == axes.stride[i + 1] * self.region[i + 1] as isize;
        }
        if let Some(len) = gradients
            && axes.reduces()
        {
            self.reduced = self.reduced.max(len.max(1));
        }
    }

    /// The loops: adjacent axes are merged, axes of size 1 vanish.
    pub fn frame(&self) -> Frame {
        let mut frame =
            Frame { rows: 1, inner: 1, outer: [1; 5], source: [MAX_RANK - 1; MAX_RANK], levels: 0, chunks: 1 };
        let mut sizes = [1; MAX_RANK];
        let mut groups = 0;
        let mut open: Option<usize> = None; // the axis right of the one at hand that still is in the current group
        for i in (0..MAX_RANK).rev() {
            let last = i == MAX_RANK - 1;
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
        frame.divide(self.reduced);
        frame
    }

    /// Between `i` and `right` lie only axes of size 1, whose strides multiply through.
    fn merges(&self, i: usize, right: usize) -> bool {
        (i..right).all(|k| self.merge[k])
    }
}

/// The loops of a region: `rows` times `inner` contiguous elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// How often the inner loop runs.
    pub rows: usize,
    /// Elements of the inner loop.
    pub inner: usize,
    /// Sizes of the outer axes, fastest first.
    pub outer: [usize; 5],
    /// Which axis of the region gives the stride of each loop, the inner one first.
    pub source: [usize; MAX_RANK],
    /// Outer axes in use.
    pub levels: usize,
    /// Parts of the work, each with its own partial sums.
    pub chunks: usize,
}

impl Frame {
    /// One contiguous loop over `len` elements.
    #[inline(always)]
    pub fn flat(len: usize, reduced: usize) -> Self {
        let source = [MAX_RANK - 1; MAX_RANK];
        let mut frame = Frame { rows: 1, inner: len, outer: [1; 5], source, levels: 0, chunks: 1 };
        frame.divide(reduced);
        frame
    }

    /// Partial sums may take as much memory as the region twice over, not more.
    #[inline(always)]
    fn divide(&mut self, reduced: usize) {
        let total = self.len();
        if total > CHUNK {
            let room = (2 * total).checked_div(reduced).unwrap_or(MAX_CHUNKS).max(1);
            self.chunks = (total / CHUNK).clamp(1, MAX_CHUNKS).min(room);
        }
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
    pub fn chunk(&self, index: usize) -> Chunk {
        if self.chunks == 1 {
            return Chunk { first: 0, end: self.rows, blocks: 1, width: self.inner };
        }
        self.part(index)
    }

    fn part(&self, index: usize) -> Chunk {
        let blocks = if self.rows >= self.chunks { 1 } else { self.inner.div_ceil(CHUNK) };
        let width = self.inner.div_ceil(blocks.max(1)).next_multiple_of(16).max(1);
        let blocks = self.inner.div_ceil(width).max(1);
        let units = self.rows * blocks;
        Chunk { first: units * index / self.chunks, end: units * (index + 1) / self.chunks, blocks, width }
    }

    /// Splits a row number into an index on each outer axis.
    #[inline(always)]
    pub fn index(&self, mut row: usize) -> [usize; 5] {
        let mut index = [0; 5];
        if self.levels <= 1 {
            index[0] = row;
            return index;
        }
        for (place, &size) in index.iter_mut().zip(&self.outer).take(self.levels) {
            *place = row % size;
            row /= size;
        }
        index
    }
}

/// A range of units; a unit is a block of at most `width` columns of one row.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    first: usize,
    end: usize,
    blocks: usize,
    width: usize,
}

impl Chunk {
    /// `(row, first column, end column)` of each unit in order.
    #[inline(always)]
    pub fn units(self, inner: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        (self.first..self.end).map(move |unit| {
            let (row, block) = if self.blocks == 1 { (unit, 0) } else { (unit / self.blocks, unit % self.blocks) };
            (row, block * self.width, inner.min((block + 1) * self.width))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(region: [usize; 3], last_stretches: bool) -> Survey {
        let region = [1, 1, 1, region[0], region[1], region[2]];
        Survey { region, merge: [true; MAX_RANK], last_stretches, reduced: 0 }
    }

    fn axes(size: [usize; 3]) -> Axes {
        let stride = [0, 0, 0, (size[1] * size[2]) as isize, size[2] as isize, 1];
        Axes { size: [1, 1, 1, size[0], size[1], size[2]], stride }
    }

    #[test]
    fn equal_operands_are_walked_in_one_loop() {
        let mut s = survey([2, 3, 4], false);
        s.operand(&axes([2, 3, 4]), None);
        let frame = s.frame();
        assert_eq!((frame.rows, frame.inner), (1, 24));
    }

    #[test]
    fn a_bias_keeps_the_last_axis_apart() {
        let mut s = survey([2, 3, 4], false);
        s.operand(&axes([2, 3, 4]), None);
        s.operand(&axes([1, 1, 4]).along(&[1, 1, 1, 2, 3, 4]), None);
        let frame = s.frame();
        assert_eq!((frame.rows, frame.inner, frame.levels), (6, 4, 1));
    }

    #[test]
    fn a_middle_axis_that_stretches_takes_two_outer_loops() {
        let mut s = survey([2, 3, 4], false);
        s.operand(&axes([2, 3, 4]), None);
        s.operand(&axes([2, 1, 4]).along(&[1, 1, 1, 2, 3, 4]), None);
        let frame = s.frame();
        assert_eq!((frame.rows, frame.inner, frame.levels), (6, 4, 2));
        assert_eq!(frame.index(4)[..2], [1, 1]);
    }

    #[test]
    fn a_last_axis_of_one_is_dropped_only_when_its_type_stretches() {
        let mut s = survey([5, 6, 1], true);
        s.operand(&axes([5, 6, 1]), None);
        assert_eq!(s.frame().inner, 30);
        let mut s = survey([5, 6, 1], false);
        s.operand(&axes([1, 1, 1]).along(&[1, 1, 1, 5, 6, 1]), None);
        assert_eq!(s.frame().inner, 1);
    }

    #[test]
    fn chunks_cover_every_element_once() {
        for (rows, inner) in [(1, 1_000_003), (7, 300_001), (1021, 1021), (3_000_000, 1), (0, 5)] {
            let mut frame = Frame { rows, inner, ..Frame::flat(0, 0) };
            frame.divide(1);
            let units = (0..frame.chunks).flat_map(|c| frame.chunk(c).units(inner));
            let mut next = (0, 0);
            for (row, from, to) in units {
                assert_eq!((row, from), next);
                assert!(to > from && to <= inner);
                next = if to == inner { (row + 1, 0) } else { (row, to) };
            }
            assert_eq!(next, (rows, 0));
        }
    }
}
