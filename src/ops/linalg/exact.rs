//! Determinants of matrices whose elements are small integers, or such integers times powers of two: exact ones.
//!
//! Apart from `solver` because whether a matrix is singular cannot be seen from rounded pivots: those of
//! `[[1, 2, 3], [4, 5, 6], [7, 8, 9]]` are not 0.

use super::shift::{exponent, shifted};
use faer::Mat;

/// Matrices up to this size are asked: integers of larger ones seldom fit.
const LARGEST: usize = 16;
/// Matrices up to this size have exact cofactors, each of which is a determinant.
const LARGEST_COFACTORS: usize = 6;

/// `mantissa · 2ᵉ`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exact {
    pub(super) mantissa: i128,
    pub(super) exponent: i32,
}

impl Exact {
    pub(super) fn value(self) -> f64 {
        shifted(self.mantissa as f64, self.exponent)
    }

    pub(super) fn ln(self) -> f64 {
        match self.mantissa {
            0 => f64::NEG_INFINITY,
            _ => (self.mantissa.unsigned_abs() as f64).ln() + f64::from(self.exponent) * std::f64::consts::LN_2,
        }
    }
}

/// The determinant of a finite matrix, where the integers on the way have at most 127 bits.
pub(super) fn determinant(x: &Mat<f64>) -> Option<Exact> {
    if x.nrows() > LARGEST {
        return None;
    }
    let rows: Vec<(Vec<i128>, i32)> = (0..x.nrows()).map(|i| integers(x, i)).collect::<Option<_>>()?;
    let exponent = rows.iter().map(|row| row.1).sum();
    let mantissa = bareiss(rows.into_iter().map(|row| row.0).collect())?;
    Some(Exact { mantissa, exponent })
}

/// The cofactor of each element.
pub(super) fn cofactors(x: &Mat<f64>) -> Option<Mat<f64>> {
    let n = x.nrows();
    if n > LARGEST_COFACTORS {
        return None;
    }
    let mut all = Mat::zeros(n, n);
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        let minor = Mat::from_fn(n - 1, n - 1, |k, l| x[(k + usize::from(k >= i), l + usize::from(l >= j))]);
        let value = determinant(&minor)?.value();
        all[(i, j)] = if (i + j).is_multiple_of(2) { value } else { 0.0 - value };
    }
    Some(all)
}

/// A row as integers times a power of two.
fn integers(x: &Mat<f64>, i: usize) -> Option<(Vec<i128>, i32)> {
    let elements = || (0..x.ncols()).map(|j| x[(i, j)]).filter(|&x| x != 0.0);
    let last_bit = |x: f64| {
        let exponent = exponent(x);
        exponent - 52 + (shifted(x.abs(), 52 - exponent) as u64).trailing_zeros() as i32
    };
    let Some(least) = elements().map(last_bit).min() else { return Some((vec![0; x.ncols()], 0)) };
    let largest = elements().map(exponent).max().unwrap_or(least);
    if largest - least > 61 {
        return None;
    }
    Some(((0..x.ncols()).map(|j| shifted(x[(i, j)], -least) as i128).collect(), least))
}

/// Elimination without fractions: Bareiss 1968. `None` where a product does not fit.
fn bareiss(mut m: Vec<Vec<i128>>) -> Option<i128> {
    let (n, mut last, mut sign) = (m.len(), 1i128, 1);
    for k in 0..n {
        let Some(pivot) = (k..n).find(|&i| m[i][k] != 0) else { return Some(0) };
        if pivot != k {
            m.swap(pivot, k);
            sign = -sign;
        }
        for i in k + 1..n {
            for j in k + 1..n {
                let (one, two) = (m[i][j].checked_mul(m[k][k])?, m[i][k].checked_mul(m[k][j])?);
                m[i][j] = one.checked_sub(two)? / last;
            }
        }
        last = m[k][k];
    }
    Some(sign * last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(n: usize, f: impl Fn(usize, usize) -> f64) -> Mat<f64> {
        Mat::from_fn(n, n, f)
    }

    #[test]
    fn determinants_are_exact_or_absent() {
        let exact = |x: &Mat<f64>| determinant(x).map(Exact::value);
        assert_eq!(exact(&square(0, |_, _| 0.0)), Some(1.0));
        assert_eq!(exact(&square(3, |_, _| 1.0)), Some(0.0));
        assert_eq!(exact(&square(3, |i, j| (3 * i + j + 1) as f64)), Some(0.0));
        assert_eq!(
            exact(&square(3, |i, j| [[0.0, 2.0, 0.0], [1e-300, 0.0, 0.0], [0.0, 0.0, 4.0]][i][j])),
            Some(-8e-300)
        );
        let vandermonde = square(5, |i, j| ((i + 1) as f64).powi(j as i32));
        assert_eq!(exact(&vandermonde), Some(288.0));
        assert_eq!(exact(&square(9, |i, j| ((i * 7 + j * 3) as f64).sin())), None);
    }

    #[test]
    fn cofactors_of_singular_matrices() {
        let found = cofactors(&square(2, |i, j| [[1.0, 2.0], [2.0, 4.0]][i][j])).expect("they fit");
        assert_eq!(found, square(2, |i, j| [[4.0, -2.0], [-2.0, 1.0]][i][j]));
        assert_eq!(cofactors(&square(3, |_, _| 1.0)).expect("they fit"), square(3, |_, _| 0.0));
        assert_eq!(cofactors(&square(1, |_, _| 0.0)).expect("it fits"), square(1, |_, _| 1.0));
    }
}
