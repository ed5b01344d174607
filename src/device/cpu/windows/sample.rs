//! Channels sampled anew along each axis of space, and the gradient of that.
//!
//! One axis after the other, in `f64`, and rounded once at the end; the gradient takes the same steps back.

use super::pool::{TASK, each_of};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{SampleWalk, Taps};
use crate::memory::Buf;

/// An axis that is sampled anew: `outer` times `len` elements become `outer` times as many as there are taps, each of
/// `inner` numbers beside each other.
struct Pass {
    outer: usize,
    len: usize,
    inner: usize,
    taps: Vec<Taps>,
    /// The taps that count.
    each: usize,
}

/// What becomes of each axis, the last one first: those before it are still as they were.
fn passes(walk: &SampleWalk) -> Vec<Pass> {
    let ([depth, height, width], [_, rows, columns]) = (walk.parts.space, walk.parts.places);
    let around = [(1, rows * columns), (depth, columns), (depth * height, 1)];
    debug_assert_eq!(around[2].0 * width, walk.parts.each()[0]);
    (0..3)
        .rev()
        .map(|axis| {
            let ((outer, inner), len, places) = (around[axis], walk.parts.space[axis], walk.parts.places[axis]);
            let taps = (0..places).map(|i| walk.how.at(i, places, len)).collect();
            Pass { outer, len, inner, taps, each: walk.how.taps() }
        })
        .collect()
}

impl Pass {
    /// Whether nothing changes: there is one element, and stays one.
    fn is_plain(&self) -> bool {
        self.len == 1 && self.taps.len() == 1
    }

    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let Pass { outer, len, inner, .. } = *self;
        let mut y = vec![0.0; outer * self.taps.len() * inner];
        for (own, out) in y.chunks_mut((self.taps.len() * inner).max(1)).enumerate() {
            let x = &x[own * len * inner..][..len * inner];
            for (taps, out) in self.taps.iter().zip(out.chunks_mut(inner.max(1))) {
                for &(index, weight) in &taps[..self.each] {
                    let line = &x[index * inner..][..inner];
                    // An element that does not count adds no NaN, as 0 times an infinity would.
                    if weight != 0.0 {
                        out.iter_mut().zip(line).for_each(|(out, x)| *out += weight * x);
                    }
                }
            }
        }
        y
    }

    fn back(&self, slope: &[f64]) -> Vec<f64> {
        let Pass { outer, len, inner, .. } = *self;
        let mut sums = vec![0.0; outer * len * inner];
        for (own, sums) in sums.chunks_mut((len * inner).max(1)).enumerate() {
            let slope = &slope[own * self.taps.len() * inner..][..self.taps.len() * inner];
            for (taps, slope) in self.taps.iter().zip(slope.chunks(inner.max(1))) {
                for &(index, weight) in &taps[..self.each] {
                    let line = &mut sums[index * inner..][..inner];
                    if weight != 0.0 {
                        line.iter_mut().zip(slope).for_each(|(sum, slope)| *sum += weight * slope);
                    }
                }
            }
        }
        sums
    }
}

/// Runs `run` over each channel as `f64`.
fn each_channel<E: Real>(
    walk: &SampleWalk,
    [from, to]: [usize; 2],
    x: &[E],
    run: impl Fn(Vec<f64>) -> Vec<f64> + Sync,
) -> Buf<E> {
    let mut out = unwritten(walk.parts.channels * to);
    let together = (TASK / from.max(to).max(1)).max(1);
    let work = walk.parts.channels.saturating_mul(from.max(to)).saturating_mul(walk.how.taps());
    each_of(out.make_mut(), to, together, work, |channel, out| {
        let wide = x[channel * from..][..from].iter().map(|x| x.as_f64()).collect();
        out.iter_mut().zip(run(wide)).for_each(|(out, value)| *out = E::of_f64(value));
    });
    out
}

/// Each channel sampled anew.
pub(super) fn sampled<E: Real>(walk: &SampleWalk, x: &[E]) -> Buf<E> {
    let passes = passes(walk);
    let changing = || passes.iter().filter(|pass| !pass.is_plain());
    each_channel(walk, walk.parts.each(), x, |x| changing().fold(x, |x, pass| pass.forward(&x)))
}

/// The gradient of that.
pub(super) fn to_sampled<E: Real>(walk: &SampleWalk, slope: &[E]) -> Buf<E> {
    let ([x, y], passes) = (walk.parts.each(), passes(walk));
    let changing = || passes.iter().rev().filter(|pass| !pass.is_plain());
    each_channel(walk, [y, x], slope, |slope| changing().fold(slope, |slope, pass| pass.back(&slope)))
}
