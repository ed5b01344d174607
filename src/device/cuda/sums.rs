//! Sums of what lies on the device already.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::{Grid, THREADS, Text};
use super::token::Cuda;
use crate::device::Storage;
use crate::dtype::Real;
use crate::loops::{Access, Frame, GradientPlace};
use crate::memory::Buf;

/// Axes that the kernel has room for.
const AXES: usize = 6;
/// Terms of a sum from which on it is divided, and threads that are enough.
const LONG: usize = 1024;
const ENOUGH: usize = 1 << 16;

/// What the kernel calls the ways in which a sum is left.
const WRITTEN: u64 = 0;
const ADDED: u64 = 1;
const WIDE: u64 = 2;

/// A sum over some axes of memory in the order of a frame.
pub(super) struct OverAxes {
    /// Size, step in the memory, step in the result; the fastest first.
    kept: Vec<[u64; 3]>,
    /// Size, step in the memory.
    reduced: Vec<[u64; 2]>,
    how: u64,
    /// Whether no two places of the result are one.
    apart: bool,
}

impl OverAxes {
    /// The sum of what a frame's elements give to the places of an operand.
    pub(super) fn of(frame: &Frame, access: &Access, place: GradientPlace) -> Self {
        let (mut kept, mut reduced, mut step) = (Vec::new(), Vec::new(), 1);
        let loops =
            || [(frame.inner(), access.step)].into_iter().chain(frame.outer().iter().copied().zip(access.outer));
        for (size, stride) in loops() {
            match (size, stride) {
                (1, _) => {}
                (_, 0) => reduced.push([size as u64, step]),
                _ => kept.push([size as u64, step, stride as u64]),
            }
            step *= size as u64;
        }
        let how = if place.partial {
            WIDE
        } else if place.add {
            ADDED
        } else {
            WRITTEN
        };
        let apart = Self::nests(loops().filter(|&(_, stride)| stride != 0));
        OverAxes { kept, reduced, how, apart }
    }

    /// Whether no two indices of loops share a place, as far as sizes and strides tell: each one steps over all that
    /// those of smaller strides reach.
    pub(super) fn nests(loops: impl Iterator<Item = (usize, isize)>) -> bool {
        let mut loops: Vec<_> =
            loops.filter(|&(size, _)| size > 1).map(|(size, step)| (step.unsigned_abs(), size)).collect();
        loops.sort_unstable();
        let mut reach = 0usize;
        loops.into_iter().all(|(step, size)| {
            let apart = step > reach;
            reach = reach.saturating_add(step.saturating_mul(size - 1));
            apart
        })
    }

    fn words(&self, splits: u64, from: u64, to: u64) -> Vec<u64> {
        let count = |mut sizes: Box<dyn Iterator<Item = u64> + '_>| sizes.by_ref().product::<u64>();
        let kept = count(Box::new(self.kept.iter().map(|axis| axis[0])));
        let reduced = count(Box::new(self.reduced.iter().map(|axis| axis[0])));
        let mut words = vec![kept, reduced, splits, from, to, self.how];
        words.extend(self.kept.iter().copied().chain(std::iter::repeat([1, 0, 0])).take(AXES).flatten());
        words.extend(self.reduced.iter().copied().chain(std::iter::repeat([1, 0])).take(AXES).flatten());
        words
    }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// Sums over axes of memory of the type that `E` is computed in.
    ///
    /// # Safety
    /// The axes are those of memory of this device at both addresses.
    #[track_caller]
    pub(super) unsafe fn sum_axes<E: Real>(self, sum: &OverAxes, from: u64, to: u64) {
        let text = Text::Sums(E::NAME);
        let words = sum.words(1, from, to);
        let (kept, reduced) = (words[0] as usize, words[1] as usize);
        if kept == 0 {
            return;
        }
        if !sum.apart {
            let grid = Grid { blocks: [1, 1], threads: [1, 1] };
            // SAFETY: the caller's contract; one thread, so that no two write at once.
            return unsafe { self.run((text, "sum_one_by_one"), grid, &words) };
        }
        // Threads beside each other read terms beside each other: those of one sum where its terms lie so.
        let along = sum.reduced.first().is_some_and(|axis| axis[1] == 1);
        let threads = if along { [1, THREADS] } else { [32, THREADS / 32] };
        let blocks = kept.div_ceil(threads[0]);
        let splits = (ENOUGH / (blocks * THREADS).max(1)).clamp(1, reduced.div_ceil(LONG).max(1)).min(1 << 15);
        let grid = Grid { blocks: [blocks.min(1 << 20), splits], threads };
        if splits == 1 {
            // SAFETY: the caller's contract.
            return unsafe { self.run((text, "sum_axes"), grid, &words) };
        }
        let parts = self.unwritten::<f64>(kept * splits);
        let between = self.address(&parts);
        // SAFETY: the caller's contract; there is a part for each sum and split.
        unsafe {
            self.run((text, "sum_axes"), grid, &sum.words(splits as u64, from, between));
            self.run((text, "sum_splits"), self.over(kept), &sum.words(splits as u64, between, to));
        }
    }

    /// Adds a buffer of the same length.
    #[track_caller]
    pub(super) fn add_to<E: Real>(self, target: &mut Buf<E>, other: &Buf<E>) {
        assert_eq!(target.len(), other.len(), "two gradients of one value differ in length");
        let len = target.len();
        let words = [len as u64, self.address(other), self.writable(target), 1, 0];
        if len > 0 {
            // SAFETY: both have so many elements.
            unsafe { self.run((Text::Sums(E::NAME), "add"), self.over(len), &words) }
        }
    }

    /// Adds parts, of the type that `E` is computed in, to a buffer.
    #[track_caller]
    pub(super) fn add_parts<E: Real>(self, target: &mut Buf<E>, parts: &Buf<E>) {
        let len = target.len();
        let words = len.saturating_mul(E::WORDS);
        assert_eq!(parts.len() % words.max(1), 0, "partial sums of another length than their target");
        let count = parts.len().checked_div(words).unwrap_or(0);
        let words = [len as u64, self.address(parts), self.writable(target), count as u64, 0];
        if len > 0 && count > 0 {
            // SAFETY: there are so many parts of as many elements.
            unsafe { self.run((Text::Sums(E::NAME), "sum_parts"), self.over(len), &words) }
        }
    }

    /// Every element times a number.
    #[track_caller]
    pub(super) fn times<E: Real>(self, buf: &Buf<E>, scale: f64) -> Buf<E> {
        let (len, out) = (buf.len(), self.unwritten::<E>(buf.len()));
        let words = [len as u64, self.address(buf), self.address(&out), 1, scale.to_bits()];
        if len > 0 {
            // SAFETY: both have so many elements.
            unsafe { self.run((Text::Sums(E::NAME), "scaled"), self.over(len), &words) }
        }
        out
    }
}
