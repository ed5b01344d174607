//! Which elements a window has at each of its places: patches of a picture as the columns of a matrix, and back.
//!
//! A row of the matrix is one element of the window of one channel, a column one place, counted through all pictures of
//! a batch: so small pictures fill a matrix together. Places that follow each other in a row of the picture are a run,
//! whose elements are `stride` apart in memory; runs are looked up once and serve every row of the matrix.
//!
//! No index here overflows: the last one of the last window is below `before + length + after`, a sum that
//! `Stepping::places` has found to be a `usize` before there is a walk.

use crate::dtype::Real;
use crate::loops::Walk;
use std::ops::Range;

/// Places of one row of one picture.
#[derive(Clone, Copy)]
struct Run {
    /// The column of the first one.
    column: usize,
    /// The picture, counted from that of the first run.
    picture: usize,
    /// The place along each axis; along the last one, that of the first.
    place: [usize; 3],
    /// How many places.
    len: usize,
}

/// Places of windows, in order.
pub(super) struct Places {
    walk: Walk,
    runs: Vec<Run>,
    count: usize,
}

/// The part of a row of the matrix that belongs to a run: which of its columns lie in the picture, and the element that
/// the first of these is.
struct Part {
    columns: Range<usize>,
    inside: Range<usize>,
    element: usize,
}

impl Places {
    /// The places of this range, counted through all pictures; `picture` is where the elements of the first one begin.
    pub(super) fn new(walk: Walk, range: Range<usize>) -> Self {
        let [_, rows, columns] = walk.places;
        let (count, mut runs, mut at) = (range.len(), Vec::new(), range.start);
        let first = range.start / walk.count().max(1);
        while at < range.end {
            let (line, x) = (at / columns, at % columns);
            let (plane, y) = (line / rows, line % rows);
            let (picture, z) = (plane / walk.places[0], plane % walk.places[0]);
            let len = (columns - x).min(range.end - at);
            runs.push(Run { column: at - range.start, picture: picture - first, place: [z, y, x], len });
            at += len;
        }
        Places { walk, runs, count }
    }

    /// Visits the parts of the rows of one channel. Elements are counted from the channel's first one of the first
    /// picture, those of the next picture begin `apart` elements later.
    #[cfg_attr(optimised, inline(always))]
    fn each_part(&self, apart: usize, mut see: impl FnMut(usize, Part)) {
        let Walk { space, steps, .. } = self.walk;
        let (mut row, last) = (0, steps[2]);
        for (kz, ky, kx) in elements(steps.map(|step| step.size)) {
            // Columns of the picture: x · stride + kx · dilation - before is 0 or more, and below the width.
            let (offset, width) = (kx * last.dilation, space[2] + last.before);
            let from = last.before.saturating_sub(offset).div_ceil(last.stride);
            let to = width.saturating_sub(offset).div_ceil(last.stride);
            for run in &self.runs {
                let columns = run.column..run.column + run.len;
                let line = |axis: usize, k: usize| {
                    let step = steps[axis];
                    (run.place[axis] * step.stride + k * step.dilation).checked_sub(step.before)
                };
                let (z, y) = (line(0, kz).filter(|&z| z < space[0]), line(1, ky).filter(|&y| y < space[1]));
                let first = from.clamp(run.place[2], run.place[2] + run.len);
                let end = to.clamp(first, run.place[2] + run.len);
                let part = match (z, y) {
                    (Some(z), Some(y)) if first < end => Part {
                        inside: columns.start + first - run.place[2]..columns.start + end - run.place[2],
                        element: run.picture * apart
                            + (z * space[1] + y) * space[2]
                            + (first * last.stride + offset - last.before),
                        columns,
                    },
                    _ => Part { inside: columns.start..columns.start, element: 0, columns },
                };
                see(row, part);
            }
            row += 1;
        }
    }

    /// Writes the patches of one channel to the rows of the matrix that belong to it.
    pub(super) fn take<E: Real>(&self, channel: &[E], apart: usize, rows: &mut [E]) {
        let (zero, stride) = (E::of_f64(0.0), self.walk.steps[2].stride);
        self.each_part(apart, |row, Part { columns, inside, element }| {
            let row = &mut rows[row * self.count..][..self.count];
            row[columns.start..inside.start].fill(zero);
            row[inside.end..columns.end].fill(zero);
            let to = &mut row[inside];
            if to.is_empty() {
                return;
            }
            if stride == 1 {
                to.copy_from_slice(&channel[element..][..to.len()]);
            } else {
                to.iter_mut().zip(channel[element..].iter().step_by(stride)).for_each(|(to, &x)| *to = x);
            }
        });
    }

    /// Adds the rows of the matrix that belong to one channel to the elements that they were taken from.
    pub(super) fn add<E: Real>(&self, channel: &mut [f64], apart: usize, rows: &[E]) {
        let stride = self.walk.steps[2].stride;
        self.each_part(apart, |row, Part { inside, element, .. }| {
            let from = &rows[row * self.count..][..self.count][inside];
            if from.is_empty() {
                return;
            }
            if stride == 1 {
                channel[element..].iter_mut().zip(from).for_each(|(x, slope)| *x += slope.as_f64());
            } else {
                channel[element..].iter_mut().step_by(stride).zip(from).for_each(|(x, slope)| *x += slope.as_f64());
            }
        });
    }
}

/// The indices of a box of these sizes, in order.
pub(super) fn elements(sizes: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
    let line = move |z: usize, y: usize| (0..sizes[2]).map(move |x| (z, y, x));
    (0..sizes[0]).flat_map(move |z| (0..sizes[1]).flat_map(move |y| line(z, y)))
}
