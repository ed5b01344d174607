//! Where the largest element of each window stands, and elements put back to such places.
//!
//! Apart from `largest`, which finds the elements by their value and keeps no places.

use super::pool::{TASK, each_channel, each_line, each_of};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::error::Error;
use crate::loops::{PoolingWalk, UnpoolWalk};
use crate::memory::Buf;

/// The first of the largest elements of each window, or the first NaN, counted in its channel; -1 of none. `best` holds
/// what was largest.
pub(in crate::device) fn positions<E: Real>(pooling: &PoolingWalk, x: &[E], best: &[E]) -> Buf<i64> {
    assert_eq!([x.len(), best.len()], pooling.lens(), "pictures or their largest elements of another length");
    let (walk, each, count) = (&pooling.walk, pooling.walk.elements(), pooling.walk.count());
    let stride = walk.steps[2].stride;
    let mut out = unwritten(best.len());
    each_channel(pooling, out.make_mut(), count, |channel, out| {
        let (x, best) = (&x[channel * each..][..each], &best[channel * count..][..count]);
        out.fill(-1);
        each_line(walk, |place, element, len| {
            let windows = best[place..][..len].iter().zip(&mut out[place..][..len]);
            let elements = x[element..].iter().step_by(stride).zip((element as i64..).step_by(stride));
            for ((best, own), (x, at)) in windows.zip(elements) {
                if *own < 0 && (x == best || x.as_f64().is_nan()) {
                    *own = at;
                }
            }
        });
    });
    out
}

/// The first index that is none of the elements of a channel.
fn checked(walk: &UnpoolWalk, ids: &[i64]) -> Result<(), Error> {
    let len = walk.elements;
    let inside = |index: i64| usize::try_from(index).is_ok_and(|index| index < len);
    match ids.iter().position(|&index| !inside(index)) {
        Some(position) => Err(Error::Index { index: ids[position], position, len }),
        None => Ok(()),
    }
}

/// Each element at the index in its channel that stands at its place, zeros elsewhere; of those of one index the last
/// stays.
pub(in crate::device) fn unpool<E: Real>(walk: &UnpoolWalk, x: &[E], ids: &[i64]) -> Result<Buf<E>, Error> {
    assert_eq!([x.len(), ids.len()], [walk.lens()[0]; 2], "elements or indices of another length");
    checked(walk, ids)?;
    let UnpoolWalk { places, elements, .. } = *walk;
    let mut out = Buf::zeros(walk.lens()[1]);
    each_own(walk, out.make_mut(), elements, |channel, out| {
        let own = channel * places..(channel + 1) * places;
        x[own.clone()].iter().zip(&ids[own]).for_each(|(x, &index)| out[index as usize] = *x);
    });
    Ok(out)
}

/// Its gradient: that of the element that each was put to, and 0 where a later one was put. The indices were checked.
pub(in crate::device) fn to_unpooled<E: Real>(walk: &UnpoolWalk, slope: &[E], ids: &[i64]) -> Buf<E> {
    assert_eq!([ids.len(), slope.len()], walk.lens(), "gradient or indices of another length");
    let UnpoolWalk { places, elements, .. } = *walk;
    let mut out = unwritten(ids.len());
    each_own(walk, out.make_mut(), places, |channel, out| {
        let (slope, ids) = (&slope[channel * elements..][..elements], &ids[channel * places..][..places]);
        let mut taken = Buf::<bool>::zeros(elements);
        let taken = taken.make_mut();
        for (own, &index) in out.iter_mut().zip(ids).rev() {
            let index = index as usize;
            *own = if std::mem::replace(&mut taken[index], true) { E::of_f64(0.0) } else { slope[index] };
        }
    });
    out
}

/// Runs `one` for each channel of `out`, of `each` elements, and its number.
fn each_own<E: Real>(walk: &UnpoolWalk, out: &mut [E], each: usize, one: impl Fn(usize, &mut [E]) + Sync) {
    let size = walk.places.max(walk.elements);
    each_of(out, each, (TASK / size.max(1)).max(1), walk.channels.saturating_mul(size), one);
}
