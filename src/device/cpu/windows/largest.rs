//! The largest element of each window, and its gradient, channel by channel.
//!
//! Apart from the means, which are sums: here an element wins its window, and windows that lie apart have nothing to
//! add up.

use super::pool::{each_channel, each_line};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{PoolingWalk, Walk};
use crate::memory::Buf;
use crate::shape::Stepping;

/// NaN alone differs from itself. In the type's own arithmetic, of which the compiler makes vectors.
#[cfg_attr(optimised, inline(always))]
#[expect(clippy::eq_op, reason = "NaN differs from itself")]
fn is_nan<E: Real>(x: E) -> bool {
    x != x
}

/// The larger of both, the first where they are equal; NaN where one is.
#[cfg_attr(optimised, inline(always))]
fn larger<E: Real>(best: E, x: E) -> E {
    if x > best || is_nan(x) { x } else { best }
}

/// The walk of the first elements of windows that are pairs beside each other along the last axis, as those of 2 by 2
/// are: both elements of a pair are then read, and written, at once.
fn of_pairs(walk: &Walk) -> Option<Walk> {
    let last = walk.steps[2];
    let pairs = last.size == 2 && last.stride == 2 && last.dilation == 1 && last.before == 0;
    let steps = [walk.steps[0], walk.steps[1], Stepping { size: 1, ..last }];
    (pairs && 2 * walk.places[2] <= walk.space[2]).then_some(Walk { steps, ..*walk })
}

/// Whether no element lies in two windows.
fn lie_apart(walk: &Walk) -> bool {
    walk.steps.iter().all(|step| step.stride >= step.extent())
}

/// The largest element of each window; NaN where one is NaN, -inf where none lies in the picture.
pub(super) fn largest<E: Real>(pooling: &PoolingWalk, x: &[E]) -> Buf<E> {
    let (walk, each) = (&pooling.walk, pooling.walk.elements());
    let (least, pairs) = (E::of_f64(f64::NEG_INFINITY), of_pairs(walk));
    let mut out = unwritten(pooling.lens()[1]);
    each_channel(pooling, out.make_mut(), walk.count(), |channel, out| {
        let (x, stride) = (&x[channel * each..][..each], walk.steps[2].stride);
        out.fill(least);
        if let Some(walk) = &pairs {
            each_line(walk, |place, element, len| {
                let pairs = x[element..][..2 * len].as_chunks::<2>().0;
                let best = out[place..][..len].iter_mut().zip(pairs);
                best.for_each(|(best, &[first, second])| *best = larger(larger(*best, first), second));
            });
            return;
        }
        each_line(walk, |place, element, len| {
            let (best, x) = (&mut out[place..][..len], &x[element..]);
            match stride {
                1 => best.iter_mut().zip(x).for_each(|(best, &x)| *best = larger(*best, x)),
                _ => best.iter_mut().zip(x.iter().step_by(stride)).for_each(|(best, &x)| *best = larger(*best, x)),
            }
        });
    });
    out
}

/// What a window hands on to one of its elements, and what it has left for the others: all of it goes to the first of
/// its largest ones, or to the first NaN. Without branches, which no processor foresees.
#[cfg_attr(optimised, inline(always))]
fn hand_on<E: Real>(best: E, left: E, x: E) -> (E, E) {
    let zero = E::of_f64(0.0);
    if x == best || is_nan(x) { (left, zero) } else { (zero, left) }
}

/// Each window's gradient at the first of its largest elements, or the first NaN; `best` holds what was largest.
pub(super) fn to_largest<E: Real>(pooling: &PoolingWalk, slope: &[E], x: &[E], best: &[E]) -> Buf<E> {
    let (walk, each, count) = (&pooling.walk, pooling.walk.elements(), pooling.walk.count());
    let (pairs, apart) = (of_pairs(walk), lie_apart(walk));
    let mut out = unwritten(pooling.lens()[0]);
    each_channel(pooling, out.make_mut(), each, |channel, out| {
        let (x, best) = (&x[channel * each..][..each], &best[channel * count..][..count]);
        let mut left = Buf::from_slice(&slope[channel * count..][..count]);
        let left = left.make_mut();
        match &pairs {
            Some(walk) if apart => in_pairs(walk, best, left, x, out),
            _ if apart => alone(walk, best, left, x, out),
            _ => meeting(walk, best, left, x, out),
        }
    });
    out
}

/// Windows that lie apart and are pairs along the last axis.
fn in_pairs<E: Real>(walk: &Walk, best: &[E], left: &mut [E], x: &[E], out: &mut [E]) {
    out.fill(E::of_f64(0.0));
    each_line(walk, |place, element, len| {
        let pairs = x[element..][..2 * len].as_chunks::<2>().0;
        let out = out[element..][..2 * len].as_chunks_mut::<2>().0;
        let windows = best[place..][..len].iter().zip(&mut left[place..][..len]);
        windows.zip(pairs.iter().zip(out)).for_each(|((&best, left), (&[first, second], out))| {
            let (own, rest) = hand_on(best, *left, first);
            let (other, rest) = hand_on(best, rest, second);
            (*out, *left) = ([own, other], rest);
        });
    });
}

/// Windows that lie apart: nothing is added up.
fn alone<E: Real>(walk: &Walk, best: &[E], left: &mut [E], x: &[E], out: &mut [E]) {
    let stride = walk.steps[2].stride;
    out.fill(E::of_f64(0.0));
    each_line(walk, |place, element, len| {
        let elements = x[element..].iter().step_by(stride).zip(out[element..].iter_mut().step_by(stride));
        let windows = best[place..][..len].iter().zip(&mut left[place..][..len]);
        windows.zip(elements).for_each(|((&best, left), (&x, out))| (*out, *left) = hand_on(best, *left, x));
    });
}

/// Windows that share elements: gradients that meet are added in `f64`.
fn meeting<E: Real>(walk: &Walk, best: &[E], left: &mut [E], x: &[E], out: &mut [E]) {
    let (mut sums, stride) = (Buf::<f64>::zeros(out.len()), walk.steps[2].stride);
    let all = sums.make_mut();
    each_line(walk, |place, element, len| {
        let windows = best[place..][..len].iter().zip(&mut left[place..][..len]);
        let give = |best: E, left: &mut E, x: E, sum: &mut f64| {
            let (own, rest) = hand_on(best, *left, x);
            *sum += own.as_f64();
            *left = rest;
        };
        let (x, sums) = (&x[element..], &mut all[element..]);
        match stride {
            1 => windows.zip(x.iter().zip(sums)).for_each(|((&best, left), (&x, sum))| give(best, left, x, sum)),
            _ => windows
                .zip(x.iter().step_by(stride).zip(sums.iter_mut().step_by(stride)))
                .for_each(|((&best, left), (&x, sum))| give(best, left, x, sum)),
        }
    });
    out.iter_mut().zip(&*all).for_each(|(own, sum)| *own = E::of_f64(*sum));
}
