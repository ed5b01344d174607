//! The p-norm of each window, and its gradient, channel by channel.
//!
//! Apart from `pool`: powers are taken of elements over the largest one of the window, so that none leaves the range.

use super::pool::{each_channel, each_line};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::PoolingWalk;
use crate::memory::Buf;

/// `(Σ |x|ᵖ)^(1/p)` of each window; 0 where none of its elements lies in the picture.
pub(super) fn norms<E: Real>((pooling, p): &(PoolingWalk, f64), x: &[E]) -> Buf<E> {
    let (walk, each, p) = (&pooling.walk, pooling.walk.elements(), *p);
    let mut out = unwritten(pooling.lens()[1]);
    each_channel(pooling, out.make_mut(), walk.count(), |channel, out| {
        let (x, stride) = (&x[channel * each..][..each], walk.steps[2].stride);
        let (mut most, mut sums) = (vec![0.0_f64; out.len()], vec![0.0_f64; out.len()]);
        each_line(walk, |place, element, len| {
            let elements = x[element..].iter().step_by(stride).map(|x| x.as_f64().abs());
            let keep = |most: f64, x: f64| if x > most || x.is_nan() { x } else { most };
            most[place..][..len].iter_mut().zip(elements).for_each(|(most, x)| *most = keep(*most, x));
        });
        each_line(walk, |place, element, len| {
            let elements = x[element..].iter().step_by(stride).map(|x| x.as_f64().abs());
            let windows = most[place..][..len].iter().zip(&mut sums[place..][..len]);
            windows.zip(elements).for_each(|((most, sum), x)| *sum += (x / most).powf(p));
        });
        for ((own, most), sum) in out.iter_mut().zip(&most).zip(&sums) {
            // Of nothing but zeros, or with an infinity or NaN, the largest one is the norm.
            let plain = *most > 0.0 && most.is_finite();
            *own = E::of_f64(if plain { most * sum.powf(p.recip()) } else { *most });
        }
    });
    out
}

/// `dx = dy · sign(x) · (|x| / y)^(p - 1)`, 0 where `y` is 0; what meets at an element is added in `f64`.
pub(super) fn to_norms<E: Real>((pooling, p): &(PoolingWalk, f64), slope: &[E], x: &[E], norms: &[E]) -> Buf<E> {
    let (walk, each, count, p) = (&pooling.walk, pooling.walk.elements(), pooling.walk.count(), *p);
    let mut out = unwritten(pooling.lens()[0]);
    each_channel(pooling, out.make_mut(), each, |channel, out| {
        let (own, stride) = (channel * count..(channel + 1) * count, walk.steps[2].stride);
        let (x, slope, norms) = (&x[channel * each..][..each], &slope[own.clone()], &norms[own]);
        let mut sums = vec![0.0_f64; each];
        each_line(walk, |place, element, len| {
            let elements = x[element..].iter().step_by(stride).zip(sums[element..].iter_mut().step_by(stride));
            let windows = slope[place..][..len].iter().zip(&norms[place..][..len]);
            for ((slope, norm), (x, sum)) in windows.zip(elements) {
                let (x, norm) = (x.as_f64(), norm.as_f64());
                if norm != 0.0 && x != 0.0 {
                    *sum += slope.as_f64() * x.signum() * (x.abs() / norm).powf(p - 1.0);
                }
            }
        });
        out.iter_mut().zip(&sums).for_each(|(own, sum)| *own = E::of_f64(*sum));
    });
    out
}
