//! Euclid's distances between all points of two sets: each lane has a point of the right set.
//!
//! Apart from row programs, of which a row would be a pair of points, most of them with fewer coordinates than lanes.
#![allow(unsafe_code, reason = "lanes read and write slices whose lengths are checked once")]

use super::copy::strided;
use super::parallel::for_each_of;
use super::unwritten;
use crate::dtype::Real;
use crate::layout::Axes;
use crate::loops::{Reach, count_product as product};
use crate::memory::Buf;
use crate::num::{Kernel, Lane, Simd, dispatch};

/// Coordinates whose squares are added in lanes, without a sum beside them for what is rounded off.
const SPACE: usize = 256;
/// Points of the left set that one task takes, and so many at a time.
const TASK: usize = 64;
const SIDE: usize = 4;

/// The distances, `[batch, left, right]`, of points `[batch, left, space]` and `[batch, right, space]`; none where rows
/// of pairs are the better way.
pub(in crate::device) fn distances<E: Real>(sizes: [usize; 4], [a, b]: [&[E]; 2]) -> Option<Buf<E>> {
    let [batch, left, right, space] = sizes;
    let lens = [product(&[batch, left, space]), product(&[batch, right, space])];
    assert_eq!([a.len(), b.len()], lens, "as many coordinates as the points have");
    if space == 0 || space > SPACE {
        return None;
    }
    let mut out = unwritten(product(&[batch, left, right]));
    if out.is_empty() {
        return Some(out);
    }
    // The right points with each coordinate of all of them side by side.
    let strides = [(right * space) as isize, 1, space as isize];
    let turned = strided(b, 0, &Axes::last([batch, space, right], strides));
    let sets = out.make_mut().chunks_mut(left * right).zip(a.chunks(left * space));
    let sets = sets.zip(turned.host().chunks(space * right));
    let tasks = sets.flat_map(|((out, a), b)| {
        let parts = out.chunks_mut(TASK * right).zip(a.chunks(TASK * space));
        parts.map(move |(out, a)| Pairs { a, b, out, right, space })
    });
    let tasks: Vec<_> = tasks.collect();
    for_each_of(tasks, product(&[batch, left, right]).saturating_mul(space), dispatch::<E, _>);
    Some(out)
}

/// Some points of the left set, and all of the right one.
struct Pairs<'a, E> {
    a: &'a [E],
    b: &'a [E],
    out: &'a mut [E],
    right: usize,
    space: usize,
}

impl<E: Real> Kernel<E> for Pairs<'_, E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Pairs { a, b, out, right, space } = self;
        let several = out.chunks_mut(SIDE * right).zip(a.chunks(SIDE * space));
        for (out, a) in several {
            for column in (0..right).step_by(V::N) {
                let n = V::N.min(right - column);
                // SAFETY: `column + n <= right`; there is a coordinate of each of these points, and a place for each
                // pair.
                unsafe {
                    if out.len() == SIDE * right {
                        pairs::<E, V, SIDE>(a, &b[column..], &mut out[column..], [right, space, n]);
                    } else {
                        for (out, a) in out.chunks_mut(right).zip(a.chunks(space)) {
                            pairs::<E, V, 1>(a, &b[column..], &mut out[column..], [right, space, n]);
                        }
                    }
                }
            }
        }
    }
}

/// The distances of `P` points from `n` others.
///
/// # Safety
/// `a` has `P` points; each coordinate of `n` others begins a line of `b`; there are `n` places in each line of `out`.
#[cfg_attr(optimised, inline(always))]
unsafe fn pairs<E: Real, V: Lane<E>, const P: usize>(a: &[E], b: &[E], out: &mut [E], [right, space, n]: [usize; 3]) {
    let reach = if size_of::<<E as Simd>::Wide>() == 8 { Reach::DOUBLE } else { Reach::SINGLE };
    let most = if size_of::<<E as Simd>::Wide>() == 8 { f64::MAX } else { f64::from(f32::MAX) };
    let difference = |point: usize, k: usize| {
        // SAFETY: the caller's points.
        unsafe { V::splat(*a.get_unchecked(point * space + k)) - V::load(b.as_ptr().add(k * right), n) }
    };
    let mut sums = [V::c(0.0); P];
    for k in 0..space {
        for (point, sum) in sums.iter_mut().enumerate() {
            let apart = difference(point, k);
            *sum = apart.fma(apart, *sum);
        }
    }
    for (point, sum) in sums.into_iter().enumerate() {
        let lost = V::select_gt(sum, V::c(reach.least * space as f64), V::c(0.0), V::c(1.0));
        let lost = V::select_gt(V::c(most), sum, lost, V::c(1.0));
        let mut distance = sum.sqrt();
        // Squares left the range of the type, or are NaN: in units of the largest difference.
        if lost.keep(n).hmax().into() > 0.0 {
            let largest = (0..space).fold(V::c(0.0), |largest, k| largest.maximum(difference(point, k).abs()));
            let squares = (0..space).fold(V::c(0.0), |sum, k| {
                let part = difference(point, k) / largest;
                part.fma(part, sum)
            });
            let scaled = largest * squares.sqrt();
            let zero = V::select_eq(largest, V::c(0.0), largest, scaled);
            let far = V::select_eq(largest, V::c(f64::INFINITY), largest, zero);
            distance = V::select_eq(lost, V::c(0.0), distance, far);
        }
        // SAFETY: the caller's places.
        unsafe { distance.store(out.as_mut_ptr().add(point * right), n) }
    }
}

#[cfg(test)]
mod tests {
    use super::distances;
    use crate::dtype::Real;
    use crate::elements::{called_with_halves, for_each_half};

    /// Points that lie `scale` apart, some of them on each other.
    fn check<E: Real>(sizes: [usize; 4], scale: f64) {
        let [batch, left, right, space] = sizes;
        let number = |i: usize, seed: usize| E::of_f64(scale * ((i * 7919 + seed * 104_729) % 23) as f64 / 11.0);
        let a: Vec<E> = (0..batch * left * space).map(|i| number(i, 1)).collect();
        let b: Vec<E> = (0..batch * right * space).map(|i| number(i, 2)).collect();
        let found = distances(sizes, [&a, &b]).expect("few coordinates");
        let step = if E::NARROW { 8e-3 } else { f64::from(f32::EPSILON) } * 4.0;
        for (pair, found) in found.host().iter().enumerate() {
            let (set, i, j) = (pair / (left * right), pair / right % left, pair % right);
            let point = |of: &[E], at: usize, k: usize| of[at * space + k].as_f64();
            let apart = |k| point(&a, set * left + i, k) - point(&b, set * right + j, k);
            let largest = (0..space).map(|k| apart(k).abs()).fold(f64::MIN_POSITIVE, f64::max);
            let wanted = largest * (0..space).map(|k| (apart(k) / largest).powi(2)).sum::<f64>().sqrt();
            let error = (found.as_f64() - wanted).abs();
            assert!(error <= step * wanted, "{} {sizes:?} [{pair}]: {} is not {wanted}", E::NAME, found.as_f64());
        }
    }

    #[test]
    fn distances_are_those_of_the_definition() {
        for (batch, left, right, space) in
            [(1, 1, 1, 1), (2, 3, 7, 2), (1, 65, 17, 3), (3, 4, 33, 1), (1, 5, 16, 17), (0, 2, 2, 2), (1, 0, 3, 2)]
        {
            for exponent in [0, 90, -90] {
                check::<f32>([batch, left, right, space], 2f64.powi(exponent));
                check::<f64>([batch, left, right, space], 2f64.powi(exponent * 11));
            }
        }
        for_each_half!(called_with_halves check([2, 5, 19, 3], 1.0));
    }

    #[test]
    fn far_points_are_far_and_nan_is_nan() {
        let (inf, nan) = (f32::INFINITY, f32::NAN);
        let a = [0.0, 0.0, inf, 0.0, nan, 0.0];
        let b = [1.0, 0.0, inf, 0.0, -inf, 1.0];
        let found = distances([1, 3, 3, 2], [&a, &b]).expect("few coordinates");
        let wanted = [1.0, inf, inf, inf, nan, inf, nan, nan, nan];
        assert_eq!(format!("{:?}", found.host()), format!("{wanted:?}"));
    }

    #[test]
    fn many_coordinates_are_left_to_rows() {
        assert!(distances::<f32>([1, 1, 1, 0], [&[], &[]]).is_none());
        assert!(distances([1, 1, 1, 257], [&[0.0; 257], &[0.0; 257]]).is_none());
    }
}
