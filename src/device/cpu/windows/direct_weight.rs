//! The gradient of a convolution's weight from sheets: tiles of terms by outputs stay in registers while places go by.
//!
//! Apart from `direct`, whose tiles are of places.
#![allow(unsafe_code, reason = "loops read sheets and gradients by pointers")]

use super::direct::Division;
use super::sheet::Block;
use crate::device::cpu::copy::strided;
use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::layout::Axes;
use crate::loops::Convolution;
use crate::memory::Buf;
use crate::num::{Kernel, Lane, Tiles, in_tiles};
use std::ops::Range;

/// Places whose products are added in registers at most, before their sum goes on to `f64`.
const PLACES: usize = 512;
/// So many sums should be made beside each other at least, for threads to share.
const RUNS: usize = 16;
/// Elements of all sums that are made beside each other.
const SUMS: usize = 1 << 22;
/// The most lanes of a register.
const LANES: usize = 64;

/// The gradient of the weight; none where patches are the better way. Blocks are added in `f64`, each in a run of
/// blocks, and the sums of runs in order: sizes alone decide.
pub(super) fn to_weight<E: Real>(how: &Convolution, slope: &[E], x: &[E]) -> Option<Buf<E>> {
    let division = Division::new::<E>(how, PLACES)?;
    let (terms, outputs) = (how.terms(), how.outputs);
    // Small pictures are taken several at a time.
    let together = (PLACES / how.walk.count()).clamp(1, how.batch);
    let (each, blocks) = (outputs * terms, how.batch.div_ceil(together) * division.blocks.len());
    let runs = RUNS.min(SUMS / each).clamp(1, blocks);
    let mut sums: Vec<Buf<f64>> = vec![Buf::zeros(0); how.groups * runs];
    let work = slope.len().saturating_mul(terms) / 8;
    for_each_of(sums.iter_mut().enumerate(), work, |(number, sum)| {
        let (group, run) = (number / runs, number % runs);
        *sum = Buf::zeros(each);
        for at in blocks * run / runs..blocks * (run + 1) / runs {
            let (first, block) = (at / division.blocks.len() * together, &division.blocks[at % division.blocks.len()]);
            let pictures = first..how.batch.min(first + together);
            add_block(how, &division, (group, pictures, block), [slope, x], sum.make_mut());
        }
    });
    let mut weight = unwritten(how.groups * each);
    for (weight, sums) in weight.make_mut().chunks_exact_mut(each).zip(sums.chunks_exact_mut(runs)) {
        let [total, others @ ..] = sums else { continue };
        for other in others {
            total.make_mut().iter_mut().zip(other.host()).for_each(|(total, &sum)| *total += sum);
        }
        let turned = strided(total.host(), 0, &Axes::last([outputs, terms], [1, outputs as isize]));
        weight.iter_mut().zip(turned.host()).for_each(|(w, &sum)| *w = E::of_f64(sum));
    }
    Some(weight)
}

/// Adds what the places of a block owe to the weight of a group, over these pictures.
fn add_block<E: Real>(
    how: &Convolution,
    Division { sheets, level, .. }: &Division,
    (group, pictures, block): (usize, Range<usize>, &Block),
    [slope, x]: [&[E]; 2],
    to: &mut [f64],
) {
    let Convolution { walk, groups, inputs, outputs, .. } = *how;
    let ([_, rows, columns], count) = (walk.places, walk.count());
    let (channel, taps) = (sheets.channel(block), sheets.taps(block));
    let (each, channels) = (inputs * channel, inputs * walk.elements());
    let mut sheet = unwritten(pictures.len() * each);
    for (picture, sheet) in pictures.clone().zip(sheet.make_mut().chunks_exact_mut(each)) {
        sheets.fill(block, &x[(picture * groups + group) * channels..][..channels], sheet);
    }
    // The gradient with the outputs of a place beside each other.
    let place = (block.plane * rows + block.rows.start) * columns + block.columns.start;
    let (first, picture) = ((pictures.start * groups + group) * outputs * count + place, groups * outputs * count);
    let sizes = [pictures.len(), block.count(), outputs];
    let turned = strided(slope, first, &Axes::last(sizes, [picture as isize, 1, count as isize]));
    let terms: Vec<usize> = (0..inputs).flat_map(|input| taps.iter().map(move |tap| input * channel + tap)).collect();
    let slopes = Slopes {
        sheet: sheet.host().as_ptr(),
        terms: &terms,
        pictures: pictures.len(),
        each,
        width: sheets.width(block),
        rows: block.rows.len(),
        columns: block.columns.len(),
        slope: turned.host().as_ptr(),
        outputs,
        to: to.as_mut_ptr(),
    };
    // SAFETY: the level is one of the processor; each term lies in each sheet at each place of the block, the gradient
    // has its outputs at each, and `to` has a place for each term and output.
    unsafe { E::run(slopes, *level) };
}

/// What the places of a block owe to each term and output.
struct Slopes<'a, E> {
    sheet: *const E,
    /// Where each term begins in the sheet.
    terms: &'a [usize],
    pictures: usize,
    /// From picture to picture of the sheets.
    each: usize,
    /// From row to row of a sheet.
    width: usize,
    rows: usize,
    columns: usize,
    slope: *const E,
    outputs: usize,
    to: *mut f64,
}

impl<E: Real> Kernel<E> for Slopes<'_, E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        // Where no lanes are known there are patches.
        if !V::RARE {
            // SAFETY: whoever makes one vouches for its places.
            unsafe { in_tiles::<E, V>(self) }
        }
    }
}

impl<E: Real> Tiles<E> for Slopes<'_, E> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tiles<V: Lane<E>, const R: usize, const M: usize, const S: usize>(self) {
        let mut output = 0;
        while output < self.outputs {
            let left = self.outputs - output;
            for term in (0..self.terms.len()).step_by(R) {
                let terms = R.min(self.terms.len() - term);
                // SAFETY: there are such terms and outputs.
                unsafe {
                    match (terms, left > V::N) {
                        (_, true) if terms > M => self.tile::<V, R, 2>(term, output),
                        (_, true) if terms > S => self.tile::<V, M, 2>(term, output),
                        (_, true) => self.tile::<V, S, 2>(term, output),
                        (_, false) if terms > M => self.tile::<V, R, 1>(term, output),
                        (_, false) if terms > S => self.tile::<V, M, 1>(term, output),
                        (_, false) => self.tile::<V, S, 1>(term, output),
                    }
                }
            }
            output += if left > V::N { 2 * V::N } else { V::N };
        }
    }
}

impl<E: Real> Slopes<'_, E> {
    /// Up to `H` terms from this one on, by up to `C` vectors of outputs.
    ///
    /// # Safety
    /// There is such a term and such an output.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tile<V: Lane<E>, const H: usize, const C: usize>(&self, term: usize, output: usize) {
        const { assert!(V::N <= LANES) }
        let (last, lanes) = (self.terms.len() - 1, (self.outputs - output - (C - 1) * V::N).min(V::N));
        // What is behind the last term is the last one once more, which is not kept.
        let mut left = [self.sheet; H];
        left.iter_mut().enumerate().for_each(|(h, x)| *x = x.wrapping_add(self.terms[last.min(term + h)]));
        let (mut sums, mut right) = ([[V::c(0.0); C]; H], self.slope.wrapping_add(output));
        for _ in 0..self.pictures {
            for row in 0..self.rows {
                for column in row * self.width..row * self.width + self.columns {
                    // SAFETY: the caller's terms and outputs, at a place of the block.
                    unsafe {
                        let mut slope = [V::c(0.0); C];
                        (0..C - 1).for_each(|c| slope[c] = V::load(right.add(c * V::N), V::N));
                        slope[C - 1] = V::load(right.add((C - 1) * V::N), lanes);
                        for (x, sums) in left.iter().zip(&mut sums) {
                            let x = V::splat(*x.add(column));
                            (0..C).for_each(|c| sums[c] = x.fma(slope[c], sums[c]));
                        }
                    }
                    right = right.wrapping_add(self.outputs);
                }
            }
            left.iter_mut().for_each(|x| *x = x.wrapping_add(self.each));
        }
        let mut sum = [E::of_f64(0.0); LANES];
        for (h, row) in sums.into_iter().enumerate().take(self.terms.len() - term) {
            for (c, own) in row.into_iter().enumerate() {
                let lanes = if c + 1 < C { V::N } else { lanes };
                // SAFETY: there is room for the widest register, and a place for each of these outputs.
                unsafe {
                    own.store(sum.as_mut_ptr(), V::N);
                    let to = self.to.add((term + h) * self.outputs + output + c * V::N);
                    let add = |lane: usize| *to.add(lane) += sum[lane].as_f64();
                    if lanes == V::N { (0..V::N).for_each(add) } else { (0..lanes).for_each(add) }
                }
            }
        }
    }
}
