//! A convolution as products of the weight with patches, a block of places at a time.
//!
//! Apart from its gradients, which read the same patches: here is also how many places a block has. A block is packed
//! into memory that stays in the cache, multiplied there, and written to where its places lie; whole matrices of
//! patches, which are as many times as large as pictures as a window has elements, are never made.

use super::direct;
use super::patches::Places;
use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::product::multiply_slices;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::Convolution;
use crate::memory::Buf;
use std::ops::Range;

/// Elements of a matrix of patches, which should stay in the cache of second level.
const PATCHES: usize = 1 << 17;
/// Places of a block at least: the product packs the weight once for each.
const FEW: usize = 128;

/// Places of a block.
pub(super) fn block(convolution: &Convolution) -> usize {
    (PATCHES / convolution.terms().max(1)).max(FEW).next_multiple_of(16)
}

/// The patches of one group at these places: a row for each term of a sum, a column for each place.
pub(super) fn patches<E: Real>(how: &Convolution, x: &[E], group: usize, range: Range<usize>) -> Buf<E> {
    let Convolution { walk, groups, inputs, .. } = *how;
    let (each, window, count) = (walk.elements(), walk.window(), range.len());
    let picture = range.start / walk.count().max(1);
    let places = Places::new(walk, range);
    let mut matrix = unwritten(how.terms() * count);
    let rows = matrix.make_mut().chunks_mut((window * count).max(1));
    for (input, rows) in rows.enumerate() {
        let start = ((picture * groups + group) * inputs + input) * each;
        places.take(&x[start..], groups * inputs * each, rows);
    }
    matrix
}

/// A block of places of one group, and where its outputs lie: picture by picture, a slice for each output.
struct Task<'y, E> {
    group: usize,
    range: Range<usize>,
    lines: Vec<&'y mut [E]>,
}

/// The outputs in blocks, so that each is written by one task.
fn tasks<'y, E: Real>(how: &Convolution, y: &'y mut [E]) -> Vec<Task<'y, E>> {
    let Convolution { walk, batch, groups, outputs, .. } = *how;
    let (block, each) = (block(how), walk.count());
    let (all, blocks) = (batch * each, (batch * each).div_ceil(block));
    let task = |i: usize| {
        let (group, from) = (i / blocks, i % blocks * block);
        Task { group, range: from..all.min(from + block), lines: Vec::new() }
    };
    let mut tasks: Vec<_> = (0..groups * blocks).map(task).collect();
    for (line, mut rest) in y.chunks_mut(each).enumerate() {
        let (picture, group) = (line / (groups * outputs), line / outputs % groups);
        let mut at = picture * each;
        while !rest.is_empty() {
            let (own, others) = rest.split_at_mut(rest.len().min(block - at % block));
            tasks[group * blocks + at / block].lines.push(own);
            at += block - at % block;
            rest = others;
        }
    }
    tasks
}

/// The convolution of pictures by a weight.
pub(super) fn convolve<E: Real>(how: &Convolution, x: &[E], weight: &[E]) -> Buf<E> {
    direct::convolve(how, x, weight).unwrap_or_else(|| from_patches(how, x, weight))
}

/// The same, as products of the weight with patches.
fn from_patches<E: Real>(how: &Convolution, x: &[E], weight: &[E]) -> Buf<E> {
    let (terms, outputs) = (how.terms(), how.outputs);
    let mut y = unwritten(how.lens()[2]);
    if y.is_empty() {
        return y;
    }
    let work = how.lens()[2].saturating_mul(terms) / 8;
    for_each_of(tasks(how, y.make_mut()), work, |Task { group, range, lines }| {
        let count = range.len();
        let own = &weight[group * outputs * terms..][..outputs * terms];
        let matrix = patches(how, x, group, range);
        let mut products = unwritten(outputs * count);
        multiply_slices(
            [outputs, terms, count],
            (own, [terms as isize, 1]),
            (matrix.host(), [count as isize, 1]),
            (products.make_mut(), [count as isize, 1]),
        );
        let (products, mut at, mut lines) = (products.host(), 0, lines.into_iter());
        while at < count {
            let mut len = 0;
            for (output, line) in lines.by_ref().take(outputs).enumerate() {
                len = line.len();
                line.copy_from_slice(&products[output * count + at..][..len]);
            }
            at += len;
        }
    });
    y
}
