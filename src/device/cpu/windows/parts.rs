//! The largest element and the mean of each part of a channel, and their gradients.
//!
//! Apart from `pool`, whose windows are of one size and are walked element by element: here each part is walked by
//! itself, for a part may be the whole channel.

use super::patches::elements;
use super::pool::{TASK, each_of};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::PartWalk;
use crate::memory::Buf;

/// Runs `one` for each channel of `out`, of `each` elements, and its number.
fn each_channel<E: Real>(walk: &PartWalk, out: &mut [E], each: usize, one: impl Fn(usize, &mut [E]) + Sync) {
    let [x, y] = walk.each();
    let together = (TASK / x.max(y).max(1)).max(1);
    each_of(out, each, together, walk.channels.saturating_mul(x.max(y)), one);
}

/// Visits the parts of a channel: its number, and its lines of elements, each as the first one and their number.
#[cfg_attr(optimised, inline(always))]
fn each_part(walk: &PartWalk, mut see: impl FnMut(usize, &mut dyn FnMut(&mut dyn FnMut(usize, usize)))) {
    let [_, height, width] = walk.space;
    for (place, (z, y, x)) in elements(walk.places).enumerate() {
        let (z, y, x) = (walk.part(0, z), walk.part(1, y), walk.part(2, x));
        see(place, &mut |line| {
            for z in z.clone() {
                for y in y.clone() {
                    line((z * height + y) * width + x.start, x.len());
                }
            }
        });
    }
}

/// The elements of each part of a channel, by its number.
fn sizes(walk: &PartWalk) -> Vec<usize> {
    let along = |axis: usize, place: usize| walk.part(axis, place).len();
    elements(walk.places).map(|(z, y, x)| along(0, z) * along(1, y) * along(2, x)).collect()
}

/// The sum, in sums beside each other, which a processor adds at once.
fn sum<E: Real>(line: &[E], times: f64) -> f64 {
    let (chunks, rest) = line.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += x.as_f64() * times);
    }
    let rest: f64 = rest.iter().map(|x| x.as_f64() * times).sum();
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest
}

/// The mean of each part, summed in `f64`; NaN of none.
pub(super) fn means<E: Real>(walk: &PartWalk, x: &[E]) -> Buf<E> {
    const SMALL: f64 = 1.0 / (1_u128 << 64) as f64;
    let ([each, count], sizes) = (walk.each(), sizes(walk));
    let mut out = unwritten(walk.lens()[1]);
    each_channel(walk, out.make_mut(), count, |channel, out| {
        let x = &x[channel * each..][..each];
        each_part(walk, |place, lines| {
            let size = sizes[place] as f64;
            let mut mean_of = |times: f64| {
                let mut total = 0.0;
                lines(&mut |first, len| total += sum(&x[first..][..len], times));
                total / size / times
            };
            // As in `pool`, where a sum leaves the range it is taken of elements so small that none does.
            let mean = mean_of(1.0);
            let left = size_of::<E>() == size_of::<f64>() && !mean.is_finite();
            out[place] = E::of_f64(if left { mean_of(SMALL) } else { mean });
        });
    });
    out
}

/// Each part's gradient in equal shares at its elements.
pub(super) fn to_means<E: Real>(walk: &PartWalk, slope: &[E]) -> Buf<E> {
    let ([each, count], sizes) = (walk.each(), sizes(walk));
    let mut out = unwritten(walk.lens()[0]);
    each_channel(walk, out.make_mut(), each, |channel, out| {
        let slope = &slope[channel * count..][..count];
        let mut sums = Buf::<f64>::zeros(each);
        let all = sums.make_mut();
        each_part(walk, |place, lines| {
            let share = slope[place].as_f64() / sizes[place] as f64;
            lines(&mut |first, len| all[first..][..len].iter_mut().for_each(|sum| *sum += share));
        });
        out.iter_mut().zip(&*all).for_each(|(own, sum)| *own = E::of_f64(*sum));
    });
    out
}

/// The largest element of each part; NaN where one is NaN, -inf of none.
pub(super) fn largest<E: Real>(walk: &PartWalk, x: &[E]) -> Buf<E> {
    let [each, count] = walk.each();
    let mut out = unwritten(walk.lens()[1]);
    each_channel(walk, out.make_mut(), count, |channel, out| {
        let x = &x[channel * each..][..each];
        each_part(walk, |place, lines| {
            let mut best = E::of_f64(f64::NEG_INFINITY);
            lines(&mut |first, len| {
                let line = &x[first..][..len];
                best = line.iter().fold(best, |best, &x| if x > best || x.as_f64().is_nan() { x } else { best });
            });
            out[place] = best;
        });
    });
    out
}

/// Each part's gradient at the first of its largest elements, or the first NaN; `best` holds what was largest. Those
/// that meet at an element are added in `f64`.
pub(super) fn to_largest<E: Real>(walk: &PartWalk, slope: &[E], x: &[E], best: &[E]) -> Buf<E> {
    let [each, count] = walk.each();
    let mut out = unwritten(walk.lens()[0]);
    each_channel(walk, out.make_mut(), each, |channel, out| {
        let (x, own) = (&x[channel * each..][..each], channel * count..(channel + 1) * count);
        let (slope, best) = (&slope[own.clone()], &best[own]);
        let mut sums = Buf::<f64>::zeros(each);
        let all = sums.make_mut();
        each_part(walk, |place, lines| {
            let mut found = None;
            lines(&mut |first, len| {
                let is_best = |x: &E| *x == best[place] || x.as_f64().is_nan();
                found = found.or_else(|| x[first..][..len].iter().position(is_best).map(|at| first + at));
            });
            found.into_iter().for_each(|at: usize| all[at] += slope[place].as_f64());
        });
        out.iter_mut().zip(&*all).for_each(|(own, sum)| *own = E::of_f64(*sum));
    });
    out
}
