//! Powers of two that bring matrices within reach of the solvers, which square and divide, and take results back.
//!
//! Apart from the decompositions because all of them need it, and few matrices do: a factor that is a power of two
//! rounds nothing, and a matrix of ordinary numbers is taken as it is.

use super::shift::{exponent, shifted};
use faer::Mat;

/// Elements of larger and smaller binary exponents are far: their squares may leave the range, or their quotients.
const FAR: i32 = 250;

/// The matrix times `2ᵉ`.
pub(super) fn shifted_all(x: &Mat<f64>, exponent: i32) -> Mat<f64> {
    match exponent {
        0 => x.clone(),
        _ => Mat::from_fn(x.nrows(), x.ncols(), |i, j| shifted(x[(i, j)], exponent)),
    }
}

/// The largest exponent whose squares can be summed up.
const SQUARED: i32 = 450;

/// The exponent that brings the elements to the middle of the range, and the largest of them within reach; 0 where no
/// element is far.
pub(super) fn far(x: &Mat<f64>) -> i32 {
    let exponents = || elements(x).filter(|&x| x != 0.0).map(exponent);
    match (exponents().min(), exponents().max()) {
        (Some(least), Some(most)) if most > FAR || least < -FAR => ((least + most) / 2).max(most - SQUARED),
        _ => 0,
    }
}

fn elements(x: &Mat<f64>) -> impl Iterator<Item = f64> {
    (0..x.ncols()).flat_map(move |j| (0..x.nrows()).map(move |i| x[(i, j)].abs()))
}

/// Exponents of rows and columns: what the elements of `A` were divided by.
#[derive(Clone)]
pub(super) struct Balance {
    pub(super) rows: Vec<i32>,
    pub(super) columns: Vec<i32>,
}

impl Balance {
    /// That of a matrix with elements that are far: its rows, then its columns, have a largest element near 1.
    pub(super) fn of(x: &Mat<f64>) -> Option<Self> {
        if elements(x).all(|x| exponent(x).abs() <= FAR) {
            return None;
        }
        let largest = |line: &mut dyn Iterator<Item = f64>| exponent(line.fold(0.0, |a: f64, b: f64| a.max(b.abs())));
        let rows: Vec<i32> = (0..x.nrows()).map(|i| largest(&mut (0..x.ncols()).map(|j| x[(i, j)]))).collect();
        let columns =
            (0..x.ncols()).map(|j| largest(&mut (0..x.nrows()).map(|i| shifted(x[(i, j)], -rows[i])))).collect();
        Some(Balance { rows, columns })
    }

    /// Only the columns.
    pub(super) fn of_columns(x: &Mat<f64>) -> Option<Self> {
        Self::of(x).map(|_| {
            let largest = |j: usize| exponent((0..x.nrows()).fold(0.0, |a: f64, i| a.max(x[(i, j)].abs())));
            Balance { rows: vec![0; x.nrows()], columns: (0..x.ncols()).map(largest).collect() }
        })
    }

    /// The matrix without its exponents.
    pub(super) fn apply(&self, x: &Mat<f64>) -> Mat<f64> {
        Mat::from_fn(x.nrows(), x.ncols(), |i, j| shifted(x[(i, j)], -self.rows[i] - self.columns[j]))
    }

    /// All of them together: those of the determinant.
    pub(super) fn sum(&self) -> i32 {
        self.rows.iter().chain(&self.columns).sum()
    }
}

/// Exponents `d` for which `x · 2^(d of the column - d of the row)` has rows and columns of about equal size, which
/// makes eigenvalues exact where elements differ much: Parlett and Reinsch 1969.
pub(super) fn similar(x: &Mat<f64>) -> (Mat<f64>, Vec<i32>) {
    let n = x.nrows();
    let (mut x, mut exponents) = (x.clone(), vec![0; n]);
    for _ in 0..ROUNDS {
        let mut settled = true;
        for i in 0..n {
            let others = || (0..n).filter(|&j| j != i);
            let column = others().map(|j| x[(j, i)].abs()).sum::<f64>();
            let row = others().map(|j| x[(i, j)].abs()).sum::<f64>();
            let step = (exponent(row) - exponent(column)) / 2;
            if step == 0 || row == 0.0 || column == 0.0 || !(row + column).is_finite() {
                continue;
            }
            for j in others() {
                (x[(j, i)], x[(i, j)]) = (shifted(x[(j, i)], step), shifted(x[(i, j)], -step));
            }
            exponents[i] += step;
            settled = false;
        }
        if settled {
            break;
        }
    }
    (x, exponents)
}

/// After that many rounds rows and columns are about equal in any case.
const ROUNDS: usize = 32;

/// A product that neither overflows nor vanishes on the way.
#[derive(Clone, Copy)]
pub(super) struct Product {
    mantissa: f64,
    pub(super) exponent: i32,
}

impl Product {
    pub(super) fn of(factors: impl Iterator<Item = f64>) -> Self {
        factors.fold(Product { mantissa: 1.0, exponent: 0 }, |product, factor| {
            let next = product.mantissa * shifted(factor, -exponent(factor));
            Product {
                mantissa: shifted(next, -exponent(next)),
                exponent: product.exponent + exponent(factor) + exponent(next),
            }
        })
    }

    /// The product times `x`, times `2ᵉ`.
    pub(super) fn times(self, x: f64, e: i32) -> f64 {
        let next = self.mantissa * shifted(x, -exponent(x));
        shifted(next, self.exponent + exponent(x) + e)
    }
}
