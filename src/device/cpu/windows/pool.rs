//! Windows line by line over each channel, and their means with the gradient of these.
//!
//! Apart from the largest elements (`largest`), which walk along the same lines.

use super::patches::elements;
use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::unwritten;
use crate::dtype::{Elem, Real};
use crate::loops::{PoolingWalk, Walk};
use crate::memory::Buf;

/// Elements of the channels of one task at least.
pub(super) const TASK: usize = 1 << 14;

/// Runs `one` for each channel of `out`, of `each` elements, and its number.
pub(super) fn each_channel<E: Elem>(
    pooling: &PoolingWalk,
    out: &mut [E],
    each: usize,
    one: impl Fn(usize, &mut [E]) + Sync,
) {
    let walk = &pooling.walk;
    let together = (TASK / walk.elements().max(walk.count()).max(1)).max(1);
    let work = pooling.channels.saturating_mul(walk.count().saturating_mul(walk.window()).max(walk.elements()));
    each_of(out, each, together, work, one);
}

/// Runs `one` for each part of `out`, of `each` elements, and its number; so many parts together are a task.
pub(super) fn each_of<E: Elem>(
    out: &mut [E],
    each: usize,
    together: usize,
    work: usize,
    one: impl Fn(usize, &mut [E]) + Sync,
) {
    if out.is_empty() {
        return;
    }
    let tasks: Vec<_> = out.chunks_mut(together * each).enumerate().collect();
    for_each_of(tasks, work, |(task, channels)| {
        channels.chunks_mut(each).enumerate().for_each(|(own, channel)| one(task * together + own, channel));
    });
}

/// Element `k` of the windows along an axis: the places whose one lies in the picture, and its index at the first.
#[derive(Clone, Copy)]
struct Span {
    from: usize,
    to: usize,
    index: usize,
}

impl Span {
    fn new(walk: &Walk, axis: usize, k: usize) -> Self {
        let (step, len, places) = (walk.steps[axis], walk.space[axis], walk.places[axis]);
        // As in `patches`, no sum overflows that `Stepping::places` has let through.
        let offset = k * step.dilation;
        let from = step.before.saturating_sub(offset).div_ceil(step.stride).min(places);
        let to = (len + step.before).saturating_sub(offset).div_ceil(step.stride).clamp(from, places);
        Span { from, to, index: (from * step.stride + offset).saturating_sub(step.before) }
    }
}

/// Visits the lines of places along the last axis, for each element of the window in order: the first place, the index
/// of its element, and how many places follow in the line.
#[cfg_attr(optimised, inline(always))]
pub(super) fn each_line(walk: &Walk, mut see: impl FnMut(usize, usize, usize)) {
    let [_, rows, columns] = walk.places;
    let [_, height, width] = walk.space;
    let [plane, row, _] = walk.steps.map(|step| step.stride);
    for (kz, ky, kx) in elements(walk.steps.map(|step| step.size)) {
        let (z, y, x) = (Span::new(walk, 0, kz), Span::new(walk, 1, ky), Span::new(walk, 2, kx));
        if x.from == x.to {
            continue;
        }
        for own_z in z.from..z.to {
            let above = (z.index + (own_z - z.from) * plane) * height;
            for own_y in y.from..y.to {
                let line = (above + y.index + (own_y - y.from) * row) * width;
                see((own_z * rows + own_y) * columns + x.from, line + x.index, x.to - x.from);
            }
        }
    }
}

/// Sums of which each is divided by `size`. `add` adds to zeros all elements, times a number.
///
/// Where a sum leaves the range of `f64`, as two of its largest numbers do, it is taken of elements so small that no
/// number of them does.
fn divided<E: Real>(out: &mut [E], size: f64, add: impl Fn(&mut [f64], f64)) {
    const SMALL: f64 = 1.0 / (1_u128 << 64) as f64;
    let mut sums = Buf::<f64>::zeros(out.len());
    add(sums.make_mut(), 1.0);
    out.iter_mut().zip(sums.host()).for_each(|(own, sum)| *own = E::of_f64(*sum / size));
    // No number of elements of a narrower type leaves the range.
    if size_of::<E>() < size_of::<f64>() || sums.host().iter().all(|sum| sum.is_finite()) {
        return;
    }
    let mut small = Buf::<f64>::zeros(out.len());
    add(small.make_mut(), SMALL);
    for ((own, sum), small) in out.iter_mut().zip(sums.host()).zip(small.host()) {
        if !sum.is_finite() {
            *own = E::of_f64(*small / size / SMALL);
        }
    }
}

/// The mean of each window, where elements outside of the picture are 0.
pub(super) fn means<E: Real>(pooling: &PoolingWalk, x: &[E]) -> Buf<E> {
    let (walk, each) = (&pooling.walk, pooling.walk.elements());
    let mut out = unwritten(pooling.lens()[1]);
    each_channel(pooling, out.make_mut(), walk.count(), |channel, out| {
        let (x, stride) = (&x[channel * each..][..each], walk.steps[2].stride);
        divided(out, walk.window() as f64, |sums, times| {
            each_line(walk, |place, element, len| {
                let (sums, x) = (&mut sums[place..][..len], &x[element..]);
                match stride {
                    1 => sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += x.as_f64() * times),
                    _ => sums.iter_mut().zip(x.iter().step_by(stride)).for_each(|(sum, x)| *sum += x.as_f64() * times),
                }
            });
        });
    });
    out
}

/// Each window's gradient in equal parts at its elements.
pub(super) fn to_means<E: Real>(pooling: &PoolingWalk, slope: &[E]) -> Buf<E> {
    let (walk, each, count) = (&pooling.walk, pooling.walk.elements(), pooling.walk.count());
    let mut out = unwritten(pooling.lens()[0]);
    each_channel(pooling, out.make_mut(), each, |channel, out| {
        let (slope, stride) = (&slope[channel * count..][..count], walk.steps[2].stride);
        divided(out, walk.window() as f64, |sums, times| {
            each_line(walk, |place, element, len| {
                let (sums, slope) = (&mut sums[element..], &slope[place..][..len]);
                match stride {
                    1 => sums.iter_mut().zip(slope).for_each(|(sum, x)| *sum += x.as_f64() * times),
                    _ => sums.iter_mut().step_by(stride).zip(slope).for_each(|(sum, x)| *sum += x.as_f64() * times),
                }
            });
        });
    });
    out
}
