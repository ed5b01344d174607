//! The loop of a convolution from a sheet: tiles of outputs by places stay in registers while the terms go by.
#![allow(unsafe_code, reason = "sheets and packed weights are read by pointers")]

use crate::dtype::Real;
use crate::num::{Kernel, Lane, Tiles, in_tiles};

/// Terms that are added in registers before their sum goes to memory.
const TERMS: usize = 256;
/// Vectors of places whose part of a sheet stays in the first cache while all outputs are computed.
const VECTORS: usize = 8;

/// All outputs of a block, as sums of tiles.
pub(super) struct Sweep<'a, E> {
    pub(super) sheet: *const E,
    /// From channel to channel of the sheet.
    pub(super) channel: usize,
    pub(super) taps: &'a [usize],
    pub(super) weight: *const E,
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    /// Vectors of a row of places, `usize::MAX` where these go on through all rows, and how far apart rows are in the
    /// sheet.
    pub(super) per_row: usize,
    pub(super) width: usize,
    pub(super) vectors: usize,
    pub(super) sums: *mut E,
    /// From output to output of the sums.
    pub(super) pitch: usize,
}

impl<E: Real> Kernel<E> for Sweep<'_, E> {
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

impl<E: Real> Tiles<E> for Sweep<'_, E> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tiles<V: Lane<E>, const R: usize, const M: usize, const S: usize>(self) {
        for first in (0..self.vectors).step_by(VECTORS) {
            let end = self.vectors.min(first + VECTORS);
            for output in (0..self.outputs).step_by(R) {
                let rows = R.min(self.outputs - output);
                let mut vector = first;
                while vector < end {
                    let two = vector + 2 <= end;
                    // SAFETY: vectors of the block, and outputs of which there are weights and sums.
                    unsafe {
                        match (rows, two) {
                            (_, true) if rows > M => self.tile::<V, R, R, 2>(output, vector),
                            (_, true) if rows > S => self.tile::<V, R, M, 2>(output, vector),
                            (_, true) => self.tile::<V, R, S, 2>(output, vector),
                            (_, false) if rows > M => self.tile::<V, R, R, 1>(output, vector),
                            (_, false) if rows > S => self.tile::<V, R, M, 1>(output, vector),
                            (_, false) => self.tile::<V, R, S, 1>(output, vector),
                        }
                    }
                    vector += if two { 2 } else { 1 };
                }
            }
        }
    }
}

impl<E: Real> Sweep<'_, E> {
    /// `H` outputs from this one on, of a strip of `R`, by `C` vectors of places.
    ///
    /// # Safety
    /// There are such outputs in the weight and in the sums, and such vectors.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tile<V: Lane<E>, const R: usize, const H: usize, const C: usize>(&self, output: usize, vector: usize) {
        let start = |vector: usize| vector / self.per_row * self.width + vector % self.per_row * V::N;
        let mut right: [*const E; C] = [self.sheet; C];
        (0..C).for_each(|c| right[c] = self.sheet.wrapping_add(start(vector + c)));
        let mut left = self.weight.wrapping_add(output * self.inputs * self.taps.len());
        let together = (TERMS / self.taps.len()).max(1);
        let mut channel = 0;
        while channel < self.inputs {
            let mut sums = [[V::c(0.0); C]; H];
            let end = self.inputs.min(channel + together);
            let add = channel > 0;
            while channel < end {
                for &tap in self.taps {
                    // SAFETY: the caller's outputs and vectors, of a term of theirs.
                    unsafe {
                        let mut x = [V::c(0.0); C];
                        (0..C).for_each(|c| x[c] = V::load(right[c].add(tap), V::N));
                        for (h, sums) in sums.iter_mut().enumerate() {
                            let w = V::splat(*left.add(h));
                            (0..C).for_each(|c| sums[c] = w.fma(x[c], sums[c]));
                        }
                    }
                    left = left.wrapping_add(R);
                }
                right.iter_mut().for_each(|x| *x = x.wrapping_add(self.channel));
                channel += 1;
            }
            for (h, row) in sums.into_iter().enumerate() {
                let place = self.sums.wrapping_add((output + h) * self.pitch + vector * V::N);
                for (c, sum) in row.into_iter().enumerate() {
                    // SAFETY: the caller's outputs and vectors have sums.
                    unsafe {
                        let place = place.add(c * V::N);
                        let sum = if add { V::load(place, V::N) + sum } else { sum };
                        sum.store(place, V::N);
                    }
                }
            }
        }
    }
}
