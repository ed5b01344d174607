//! The places that affine maps give, and the gradient of the maps.
//!
//! Apart from `places`, where pictures are read at them.

use super::pool::{TASK, each_of};
use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::AffineWalk;
use crate::memory::Buf;

/// Each map of the coordinates of all places.
pub(super) fn mapped<E: Real>(walk: &AffineWalk, maps: &[E]) -> Buf<E> {
    let (axes, count) = (walk.axes, walk.count());
    let mut out = unwritten(walk.lens()[1]);
    each_of(out.make_mut(), axes, TASK, walk.lens()[1].saturating_mul(axes + 1), |number, out| {
        let (map, coordinates) = (number / count, walk.coordinates(number % count));
        let rows = maps[map * walk.map()..][..walk.map()].chunks(axes + 1);
        for (out, row) in out.iter_mut().zip(rows) {
            *out = E::of_f64(row.iter().zip(coordinates).map(|(x, by)| x.as_f64() * by).sum());
        }
    });
    out
}

/// The gradient of each map, added over its places in order.
pub(super) fn to_maps<E: Real>(walk: &AffineWalk, slope: &[E]) -> Buf<E> {
    let (axes, count) = (walk.axes, walk.count());
    let mut out = unwritten(walk.lens()[0]);
    let tasks: Vec<_> = out.make_mut().chunks_mut(walk.map()).enumerate().collect();
    for_each_of(tasks, slope.len().saturating_mul(axes + 1), |(map, out)| {
        let mut sums = [0.0; 12];
        for (place, slope) in slope[map * count * axes..][..count * axes].chunks(axes).enumerate() {
            let coordinates = walk.coordinates(place);
            for (slope, sums) in slope.iter().zip(sums.chunks_mut(axes + 1)) {
                sums.iter_mut().zip(coordinates).for_each(|(sum, by)| *sum += slope.as_f64() * by);
            }
        }
        out.iter_mut().zip(sums).for_each(|(own, sum)| *own = E::of_f64(sum));
    });
    out
}
