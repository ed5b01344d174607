//! Random orthogonal matrices.
//!
//! Apart from `sample.rs` because here the elements depend on each other: the matrix is drawn as a whole.

use super::Create;
use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{collected, room};
use crate::layout::count;
use crate::random::Key;
use crate::tensor::Tensor;

/// The matrix of `orthogonal`, drawn in `f64` and rounded once.
#[track_caller]
pub(super) fn orthogonal<R: Dim, C: Dim, E: Real, D: Device>(
    device: D,
    shape: (R, C),
    key: Key,
) -> Tensor<(R, C), E, D> {
    let (rows, columns) = (shape.0.size(), shape.1.size());
    let (long, short) = (rows.max(columns), rows.min(columns));
    let vectors = if count(shape) == 0 { Vec::new() } else { orthonormal(long, short, key) };
    let wide = columns > rows;
    device.from_index_fn(shape, |[i, j]| E::of_f64(if wide { vectors[i][j] } else { vectors[j][i] }))
}

/// `short` vectors of length `long`: normal ones, each made orthogonal to those before and of length 1.
///
/// The factor Q of a QR decomposition whose R has a positive diagonal, which makes every rotation equally likely
/// (Mezzadri 2007, arXiv:math-ph/0609050). Subtracting twice is enough for all digits (Giraud et al. 2005).
#[track_caller]
fn orthonormal(long: usize, short: usize, key: Key) -> Vec<Vec<f64>> {
    let mut vectors: Vec<Vec<f64>> = room(short);
    for number in 0..short {
        let first = (number * long) as u64;
        let mut vector = collected(long, (0..long as u64).map(|i| key.normal_f64(first + i)));
        for _ in 0..2 {
            vectors.iter().for_each(|other| subtract_part(&mut vector, other));
        }
        let length = dot(&vector, &vector).sqrt();
        vector.iter_mut().for_each(|x| *x /= length);
        vectors.push(vector);
    }
    vectors
}

fn subtract_part(vector: &mut [f64], other: &[f64]) {
    let part = dot(vector, other);
    vector.iter_mut().zip(other).for_each(|(x, o)| *x -= part * o);
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}
