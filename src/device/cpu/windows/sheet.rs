//! Parts of a picture laid out so that an element of a window is one step away from its place.
//!
//! A sheet holds what the places of a block read, the zeros around the picture among it. Rows and columns that windows
//! a stride apart read lie beside each other, so that neighbouring places find the same element of their windows side
//! by side: at `channel + tap + row · width + column`. Unlike a matrix of patches it holds each element once.

use crate::dtype::Real;
use crate::loops::Convolution;
use std::ops::Range;

/// Places of one plane of a picture: whole rows of it, or a part of one.
#[derive(Clone)]
pub(super) struct Block {
    pub(super) plane: usize,
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

impl Block {
    /// How many places there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len() * self.columns.len()
    }
}

/// How the sheets of a convolution are laid out.
pub(super) struct Sheets {
    how: Convolution,
    /// The rows of the picture that windows read, as what is left of them by the stride; the same of columns.
    phases: [Vec<usize>; 2],
    /// How many rows of a phase a window reads beyond its first one; the same of columns.
    reach: [usize; 2],
}

/// The elements of a window along an axis, by what is left of them by the stride, and by how many strides they lie in.
fn along(how: &Convolution, axis: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
    let step = how.walk.steps[axis];
    (0..step.size).map(move |k| (k * step.dilation % step.stride, k * step.dilation / step.stride))
}

impl Sheets {
    pub(super) fn new(how: &Convolution) -> Self {
        let phases = [1, 2].map(|axis| {
            let mut phases: Vec<usize> = along(how, axis).map(|(phase, _)| phase).collect();
            phases.sort_unstable();
            phases.dedup();
            phases
        });
        let reach = [1, 2].map(|axis| along(how, axis).map(|(_, far)| far).max().unwrap_or(0));
        Sheets { how: *how, phases, reach }
    }

    /// Elements from row to row of the sheet of a block.
    pub(super) fn width(&self, block: &Block) -> usize {
        block.columns.len() + self.reach[1]
    }

    /// Elements from channel to channel.
    pub(super) fn channel(&self, block: &Block) -> usize {
        let [y, x] = [0, 1].map(|axis| self.phases[axis].len());
        self.how.walk.steps[0].size * y * x * (block.rows.len() + self.reach[0]) * self.width(block)
    }

    /// Whether the sheet of a block holds no more than the patches of its places: no window reaches far out then, and
    /// no number here is too large.
    pub(super) fn is_worth_it(&self, block: &Block) -> bool {
        let [y, x] = [0, 1].map(|axis| self.phases[axis].len());
        let lines = [block.rows.len().checked_add(self.reach[0]), block.columns.len().checked_add(self.reach[1])];
        let mut parts =
            [Some(self.how.inputs), Some(self.how.walk.steps[0].size), Some(y), Some(x)].into_iter().chain(lines);
        let sheet = parts.try_fold(1usize, |product, part| product.checked_mul(part?));
        let patches = self.how.terms().checked_mul(block.count());
        sheet.zip(patches).is_some_and(|(sheet, patches)| sheet <= patches)
    }

    /// Where each element of the window lies, from the place of the window on.
    pub(super) fn taps(&self, block: &Block) -> Vec<usize> {
        let (rows, width) = (block.rows.len() + self.reach[0], self.width(block));
        let index = |axis: usize, phase| self.phases[axis].iter().position(|&own| own == phase).unwrap_or(0);
        let [phases_y, phases_x] = [0, 1].map(|axis| self.phases[axis].len());
        let mut taps = Vec::with_capacity(self.how.walk.window());
        for z in 0..self.how.walk.steps[0].size {
            for (phase_y, y) in along(&self.how, 1) {
                for (phase_x, x) in along(&self.how, 2) {
                    let phase = (z * phases_y + index(0, phase_y)) * phases_x + index(1, phase_x);
                    taps.push((phase * rows + y) * width + x);
                }
            }
        }
        taps
    }

    /// The places of a picture in order, in blocks of whole rows, about `most` places each, or in parts of rows.
    pub(super) fn blocks(&self, most: usize) -> Vec<Block> {
        let [planes, rows, columns] = self.how.walk.places;
        let (down, across) = ((most / columns.max(1)).max(1), most.max(1));
        let part = |all: usize, each: usize, i: usize| i * each..all.min((i + 1) * each);
        let mut blocks = Vec::new();
        for plane in 0..planes {
            for row in 0..rows.div_ceil(down) {
                for column in 0..columns.div_ceil(across) {
                    let (rows, columns) = (part(rows, down, row), part(columns, across, column));
                    blocks.push(Block { plane, rows, columns });
                }
            }
        }
        blocks
    }

    /// Lays out the sheet of a block: of the channels of `pictures`, which are those of one group.
    pub(super) fn fill<E: Real>(&self, block: &Block, pictures: &[E], sheet: &mut [E]) {
        let Convolution { walk, .. } = self.how;
        let ([depth, height, wide], [step_z, step_y, step_x]) = (walk.space, walk.steps);
        let (rows, width, zero) = (block.rows.len() + self.reach[0], self.width(block), E::of_f64(0.0));
        let mut lines = sheet.chunks_exact_mut(width.max(1));
        for picture in pictures.chunks_exact(walk.elements().max(1)) {
            for z in 0..step_z.size {
                let z = (block.plane * step_z.stride + z * step_z.dilation).checked_sub(step_z.before);
                let z = z.filter(|&z| z < depth);
                for (y, x) in self.phases[0].iter().flat_map(|&y| self.phases[1].iter().map(move |&x| (y, x))) {
                    for (row, line) in (block.rows.start..).zip(lines.by_ref().take(rows)) {
                        // Of rows that no window reads any will do: those of windows overflow nowhere.
                        let y = row.saturating_mul(step_y.stride).saturating_add(y).checked_sub(step_y.before);
                        let y = y.filter(|&y| y < height);
                        let Some((z, y)) = z.zip(y) else {
                            line.fill(zero);
                            continue;
                        };
                        let from = &picture[(z * height + y) * wide..][..wide];
                        let first = block.columns.start.saturating_mul(step_x.stride).saturating_add(x);
                        take(from, first, step_x.before, step_x.stride, line);
                    }
                }
            }
        }
    }
}

/// The elements `first - before`, a stride further, and so on; 0 where there are none.
fn take<E: Real>(from: &[E], first: usize, before: usize, stride: usize, line: &mut [E]) {
    let zero = E::of_f64(0.0);
    let skipped = before.saturating_sub(first).div_ceil(stride).min(line.len());
    let (outside, rest) = line.split_at_mut(skipped);
    outside.fill(zero);
    let start = first.saturating_add(skipped.saturating_mul(stride)).saturating_sub(before);
    let from = from.get(start..).unwrap_or(&[]);
    let (inside, behind) = rest.split_at_mut(from.len().div_ceil(stride).min(rest.len()));
    behind.fill(zero);
    match stride {
        1 => inside.copy_from_slice(&from[..inside.len()]),
        _ => inside.iter_mut().zip(from.iter().step_by(stride)).for_each(|(to, &x)| *to = x),
    }
}
