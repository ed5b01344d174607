//! Patches of pictures as columns, and columns added up to pictures.
//!
//! Apart from the convolutions, which make such columns a block at a time and keep none: here all of them are the
//! result.

use super::patches::Places;
use super::pool::{TASK, each_of};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{PoolingWalk, count_product};
use crate::memory::Buf;

/// Runs `one` for each channel of `out`, of `each` elements, and its number.
fn each_channel<E: Real>(how: &PoolingWalk, out: &mut [E], each: usize, one: impl Fn(usize, &mut [E]) + Sync) {
    let size = how.walk.elements().max(how.walk.count().saturating_mul(how.walk.window()));
    each_of(out, each, (TASK / size.max(1)).max(1), how.channels.saturating_mul(size), one);
}

/// The windows of each channel, a row for each element of the window, a column for each place; zeros outside of the
/// picture.
pub(in crate::device) fn unfold<E: Real>(how: &PoolingWalk, x: &[E]) -> Buf<E> {
    let (walk, each) = (how.walk, how.walk.elements());
    assert_eq!(x.len(), how.lens()[0], "pictures of another length");
    let mut out = unwritten(patches(how));
    if out.is_empty() {
        return out;
    }
    let (places, matrix) = (Places::new(walk, 0..walk.count()), walk.window() * walk.count());
    each_channel(how, out.make_mut(), matrix, |channel, rows| {
        places.take(&x[channel * each..][..each], 0, rows);
    });
    out
}

/// The elements of all patches; where there are no channels, of how many places does not matter.
fn patches(how: &PoolingWalk) -> usize {
    if how.channels == 0 { 0 } else { count_product(&[how.channels, how.walk.window(), how.walk.count()]) }
}

/// What stands in the windows of each channel at their elements; what meets is added in `f64` and rounded once.
pub(in crate::device) fn fold<E: Real>(how: &PoolingWalk, columns: &[E]) -> Buf<E> {
    let (walk, each) = (how.walk, how.walk.elements());
    assert_eq!(columns.len(), patches(how), "patches of another length");
    let mut out = unwritten(how.lens()[0]);
    if out.is_empty() {
        return out;
    }
    let (places, matrix) = (Places::new(walk, 0..walk.count()), walk.window() * walk.count());
    each_channel(how, out.make_mut(), each, |channel, out| {
        let mut sums = Buf::<f64>::zeros(each);
        places.add(sums.make_mut(), 0, &columns[channel * matrix..][..matrix]);
        out.iter_mut().zip(sums.host()).for_each(|(own, sum)| *own = E::of_f64(*sum));
    });
    out
}
