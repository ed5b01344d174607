//! Convolutions from sheets: how they are divided, and what each task lays out.
//!
//! Apart from `convolve`, which lays out a matrix of patches for what is not worth a sheet.
#![allow(unsafe_code, reason = "loops read sheets and packed weights by pointers")]

use super::sheet::{Block, Sheets};
use super::sweep::Sweep;
use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::Convolution;
use crate::memory::Buf;
use crate::num::{Level, tile_size};

/// Elements of a sheet at most, where blocks can be smaller: with the sums of its places it stays in the second cache.
const SHEET: usize = 1 << 16;
/// Blocks that there should be at least, for threads to share.
const BLOCKS: usize = 16;
/// Places of a block at least, as long as blocks can be fewer.
const FEW: usize = 128;
/// Outputs of a group from which on tiles are full enough.
const OUTPUTS: usize = 3;

/// Whether our own loops are as slow as they are written: large convolutions are left to the engine of another crate
/// then, but where these loops are what is tested.
const UNOPTIMISED: bool = cfg!(not(any(optimised, test)));
/// Multiply-adds up to which they are fast enough all the same.
const SMALL: usize = 1 << 17;

/// How a convolution is divided: its sheets, and the blocks of each picture.
pub(super) struct Division {
    pub(super) sheets: Sheets,
    pub(super) blocks: Vec<Block>,
    /// What all loops run on: weights are packed as its tiles read them.
    pub(super) level: Level,
    /// Rows of a tile, and lanes of a register.
    height: usize,
    lanes: usize,
}

impl Division {
    /// In blocks of about so many places. None where patches are the better way: without lanes, for few outputs, where
    /// sheets would be larger than the patches of their places, and for many terms without optimisation.
    pub(super) fn new<E: Real>(how: &Convolution, most: usize) -> Option<Self> {
        let (level, [height, lanes]) = tile_size::<E>();
        let too_slow = UNOPTIMISED && how.lens()[2].saturating_mul(how.terms()) > SMALL;
        if too_slow || level == Level::Portable || how.outputs < OUTPUTS || how.lens().contains(&0) {
            return None;
        }
        let sheets = Sheets::new(how);
        let blocks = sheets.blocks(most);
        // No block is larger than the first one.
        let worth_it = sheets.is_worth_it(blocks.first()?);
        worth_it.then_some(Division { sheets, blocks, level, height, lanes })
    }
}

/// The places of a block whose sheet is not too large.
fn places(how: &Convolution) -> usize {
    let Convolution { walk, batch, groups, inputs, .. } = *how;
    let fits = SHEET / inputs.max(1) / walk.steps[0].size.max(1);
    let shared = walk.count() / BLOCKS.div_ceil((batch * groups).max(1));
    fits.min(shared.max(FEW)).max(1)
}

/// The weight of each group in strips of as many outputs as a tile has rows, term after term; 0 where there is none.
fn strips<E: Real>(how: &Convolution, weight: &[E], height: usize) -> Buf<E> {
    let (terms, outputs) = (how.terms(), how.outputs);
    let strips = outputs.div_ceil(height);
    let mut packed = Buf::zeros(how.groups * strips * height * terms);
    let groups = packed.make_mut().chunks_exact_mut(strips * height * terms);
    for (to, weight) in groups.zip(weight.chunks_exact(outputs * terms)) {
        for (output, own) in weight.chunks_exact(terms).enumerate() {
            let to = &mut to[output / height * height * terms + output % height..];
            to.iter_mut().step_by(height).zip(own).for_each(|(to, &w)| *to = w);
        }
    }
    packed
}

/// A block of one group of one picture, and where its outputs lie: a slice for each.
struct Task<'y, E> {
    /// Counted through all pictures.
    group: usize,
    block: &'y Block,
    lines: Vec<&'y mut [E]>,
}

/// The outputs in blocks, so that each is written by one task.
fn tasks<'y, E>(how: &Convolution, blocks: &'y [Block], y: &'y mut [E]) -> Vec<Task<'y, E>> {
    let mut tasks = Vec::with_capacity(how.batch * how.groups * blocks.len());
    for (group, y) in y.chunks_exact_mut(how.outputs * how.walk.count()).enumerate() {
        let first = tasks.len();
        tasks.extend(blocks.iter().map(|block| Task { group, block, lines: Vec::with_capacity(how.outputs) }));
        for mut rest in y.chunks_exact_mut(how.walk.count()) {
            for task in &mut tasks[first..] {
                let (own, others) = rest.split_at_mut(task.block.count());
                task.lines.push(own);
                rest = others;
            }
        }
    }
    tasks
}

/// The convolution of pictures by a weight; none where patches are the better way.
pub(super) fn convolve<E: Real>(how: &Convolution, x: &[E], weight: &[E]) -> Option<Buf<E>> {
    let division = Division::new::<E>(how, places(how))?;
    let Division { sheets, blocks, level, height, lanes } = &division;
    let (packed, terms, channels) = (strips(how, weight, *height), how.terms(), how.inputs * how.walk.elements());
    let strips = how.outputs.div_ceil(*height) * height * terms;
    let mut y = unwritten(how.lens()[2]);
    let work = how.lens()[2].saturating_mul(terms) / 8;
    for_each_of(tasks(how, blocks, y.make_mut()), work, |Task { group, block, lines }| {
        let (width, rows, columns) = (sheets.width(block), block.rows.len(), block.columns.len());
        let (channel, taps) = (sheets.channel(block), sheets.taps(block));
        // Places follow each other through all rows, or each row begins a vector: what has fewer of these.
        let (last, per_row) = ((rows - 1) * width, columns.div_ceil(*lanes));
        let through = (last + columns).div_ceil(*lanes) <= rows * per_row;
        let across = if through { width } else { per_row * lanes };
        let vectors = if through { (last + columns).div_ceil(*lanes) } else { rows * per_row };
        // Vectors reach beyond the last place.
        let len = how.inputs * channel;
        let mut sheet = unwritten(len + lanes);
        let (own, rest) = sheet.make_mut().split_at_mut(len);
        sheets.fill(block, &x[group * channels..][..channels], own);
        rest.fill(E::of_f64(0.0));
        let pitch = vectors * lanes;
        let mut sums: Buf<E> = unwritten(how.outputs.next_multiple_of(*height) * pitch);
        let sweep = Sweep {
            sheet: sheet.host().as_ptr(),
            channel,
            taps: &taps,
            weight: packed.host()[group % how.groups * strips..].as_ptr(),
            outputs: how.outputs,
            inputs: how.inputs,
            per_row: if through { usize::MAX } else { per_row },
            width,
            vectors,
            sums: sums.make_mut().as_mut_ptr(),
            pitch,
        };
        // SAFETY: the level is one of the processor; each vector begins at a place, of which the sheet has each tap,
        // and ends in what lies behind it; the weight has strips of this level, and there are sums for whole tiles.
        unsafe { E::run(sweep, *level) };
        for (line, sums) in lines.into_iter().zip(sums.host().chunks_exact(pitch)) {
            let rows = line.chunks_exact_mut(columns).zip(sums.chunks(across));
            rows.for_each(|(line, sums)| line.copy_from_slice(&sums[..columns]));
        }
    });
    Some(y)
}
