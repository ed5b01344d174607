//! The exponential of matrices, and its derivative.
//!
//! Apart from `pseudo` because it is an algorithm of its own: scaling and squaring, with as few squarings as the powers
//! of the matrix ask for. Al-Mohy and Higham 2009, "A new scaling and squaring algorithm for the matrix exponential".

use super::error::MatrixError;
use super::host::{Stack, finite, is_finite};
use super::range::shifted_all;
use super::shift::exponent;
use faer::Mat;
use faer::linalg::solvers::Solve;

/// Numerator coefficients of the Padé approximant of order 13; Higham 2005, "The scaling and squaring method for the
/// matrix exponential revisited".
const PADE: [f64; 14] = [
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
];

/// The largest size, as the roots of the norms of powers have it, on which the approximant is exact to the last bit.
const PADE_RADIUS: f64 = 4.25;
/// `log₂` of the first coefficient of the approximant's error, `13!² / (26! 27!)`.
const LOG_FIRST_ERROR: f64 = -116.45;
/// Beyond 2¹⁰²⁴ there is no finite exponential in any case.
const MOST_SQUARINGS: f64 = 1100.0;

/// `eᴬ` of each.
pub(super) fn exponentials(stack: &[Mat<f64>]) -> Result<Stack, MatrixError> {
    finite("expm", stack)?;
    Ok(stack.iter().map(exponential).collect())
}

fn exponential(x: &Mat<f64>) -> Mat<f64> {
    let n = x.nrows();
    let below = (0..n).any(|j| (j + 1..n).any(|i| x[(i, j)] != 0.0));
    let above = (0..n).any(|j| (0..j).any(|i| x[(i, j)] != 0.0));
    match (below, above) {
        (false, false) => Mat::from_fn(n, n, |i, j| if i == j { x[(i, i)].exp() } else { 0.0 }),
        (false, true) => squared_up(x, true),
        (true, false) => squared_up(&x.transpose().to_owned(), true).transpose().to_owned(),
        (true, true) => squared_up(x, false),
    }
}

/// `log₂` of the largest sum of a column.
fn log_norm(x: &Mat<f64>) -> f64 {
    (0..x.ncols()).map(|j| (0..x.nrows()).map(|i| x[(i, j)].abs()).sum::<f64>()).fold(0.0, f64::max).log2()
}

/// The exponential by way of that of `x · 2⁻ˢ`. The diagonal of triangular matrices is known, and the line above it.
fn squared_up(x: &Mat<f64>, triangular: bool) -> Mat<f64> {
    if let Some(y) = series(x) {
        return y;
    }
    let n = x.nrows();
    let mean = (0..n).map(|i| x[(i, i)] / n as f64).sum::<f64>();
    let centred = Mat::from_fn(n, n, |i, j| if i == j { x[(i, i)] - mean } else { x[(i, j)] });
    let (mean, centred) = if log_norm(&centred) < log_norm(x) { (mean, centred) } else { (0.0, x.clone()) };
    let squarings = squarings(&centred);
    let small = shifted_all(&centred, -squarings);
    let mut y = faer::Scale((mean * 0.5f64.powi(squarings)).exp()) * &approximant(&small);
    for left in (0..=squarings).rev() {
        if triangular {
            correct(&mut y, x, 0.5f64.powi(left));
        }
        if left > 0 {
            y = square(&y);
        }
    }
    y
}

/// The sum of `xᵏ / k!`, where it ends after a few terms.
fn series(x: &Mat<f64>) -> Option<Mat<f64>> {
    let (mut sum, mut term) = (Mat::<f64>::identity(x.nrows(), x.ncols()) + x, x.clone());
    for order in 2..=6 {
        term = faer::Scale(1.0 / f64::from(order)) * &(&term * x);
        if !is_finite(&term) {
            return None;
        }
        if term.norm_max() == 0.0 {
            return Some(sum);
        }
        sum += &term;
    }
    None
}

/// `y · y`, where 0 times infinity is 0: what is not there does not become too large.
fn square(y: &Mat<f64>) -> Mat<f64> {
    let whole = y * y;
    if is_finite(&whole) {
        return whole;
    }
    let n = y.nrows();
    let term = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
    Mat::from_fn(n, n, |i, j| (0..n).map(|k| term(y[(i, k)], y[(k, j)])).sum())
}

/// Writes the two lines of `e^(x · scale)` that are known where `x` is upper triangular.
fn correct(y: &mut Mat<f64>, x: &Mat<f64>, scale: f64) {
    for i in 0..x.nrows() {
        y[(i, i)] = (x[(i, i)] * scale).exp();
        if i > 0 && x[(i - 1, i)] != 0.0 {
            let (a, b) = (x[(i - 1, i - 1)] * scale, x[(i, i)] * scale);
            y[(i - 1, i)] = x[(i - 1, i)] * scale * slope(a, b);
        }
    }
}

/// `(eᵃ - eᵇ) / (a - b)`
fn slope(a: f64, b: f64) -> f64 {
    let half = 0.5 * (a - b);
    match half.abs() {
        0.0 => a.exp(),
        size if size < 1.0 => (0.5 * (a + b)).exp() * (half.sinh() / half),
        _ => (a.exp() - b.exp()) / (a - b),
    }
}

/// How often `x` is halved before the approximant is exact. Its powers decide, which may be much less than those of its
/// norm; and the approximant of what has large elements and small powers, for that one is not computed exactly.
fn squarings(x: &Mat<f64>) -> i32 {
    let largest = (0..x.ncols()).flat_map(|j| (0..x.nrows()).map(move |i| x[(i, j)].abs())).fold(0.0, f64::max);
    let shift = exponent(largest);
    let x = shifted_all(x, -shift);
    let two = &x * &x;
    let four = &two * &two;
    let six = &four * &two;
    let shift = f64::from(shift);
    let root = |power: &Mat<f64>, order: f64| log_norm(power) / order + shift;
    let (d6, d8, d10) = (root(&six, 6.0), root(&(&four * &four), 8.0), root(&(&four * &six), 10.0));
    let size = d8.max(d10).min(d6.max(d8));
    let by_powers = (size - PADE_RADIUS.log2()).ceil().max(0.0);
    let (mut row, mut log) = (vec![1.0; x.nrows()], 0.0);
    for _ in 0..27 {
        row = (0..x.ncols()).map(|j| (0..x.nrows()).map(|i| row[i] * x[(i, j)].abs()).sum()).collect();
        let largest = row.iter().copied().fold(0.0, f64::max);
        log += largest.log2();
        row.iter_mut().for_each(|value: &mut f64| *value /= if largest > 0.0 { largest } else { 1.0 });
    }
    let error = LOG_FIRST_ERROR + log - log_norm(&x) + 26.0 * (shift - by_powers);
    let by_rounding = ((error + 53.0) / 26.0).ceil().max(0.0);
    (by_powers + by_rounding).min(MOST_SQUARINGS) as i32
}

fn approximant(x: &Mat<f64>) -> Mat<f64> {
    let one = Mat::<f64>::identity(x.nrows(), x.ncols());
    let two = x * x;
    let four = &two * &two;
    let six = &four * &two;
    // c[0] + c[2] x² + c[4] x⁴ + c[6] x⁶ + x⁶ (c[8] x² + c[10] x⁴ + c[12] x⁶), from an even and from an odd start
    let half = |start: usize| {
        let c = |order: usize| faer::Scale(PADE[order + start] / PADE[0]);
        let high = c(8) * &two + c(10) * &four + c(12) * &six;
        c(0) * &one + c(2) * &two + c(4) * &four + c(6) * &six + &six * high
    };
    let (even, odd) = (half(0), x * half(1));
    (&even - &odd).partial_piv_lu().solve(&even + &odd)
}

/// `dA`: the upper right block of the exponential of `[[Aᵀ, dY], [0, Aᵀ]]`; Najfeld and Havel 1995.
pub(super) fn exponential_slope(stack: &[Mat<f64>], gradient: &[Mat<f64>]) -> Stack {
    let of = |(x, dy): (&Mat<f64>, &Mat<f64>)| {
        let n = x.nrows();
        if !is_finite(dy) {
            return Mat::from_fn(n, n, |_, _| f64::NAN);
        }
        if (0..n).all(|j| (0..n).all(|i| i == j || x[(i, j)] == 0.0)) {
            return Mat::from_fn(n, n, |i, j| dy[(i, j)] * slope(x[(i, i)], x[(j, j)]));
        }
        // The block is linear in dY: it is no larger than the matrix, so that it asks for no squarings of its own.
        let largest = |x: &Mat<f64>| (0..n).flat_map(|j| (0..n).map(move |i| x[(i, j)].abs())).fold(0.0, f64::max);
        let shift = exponent(largest(dy)) - exponent(largest(x)).min(0);
        let dy = shifted_all(dy, -shift);
        let block = Mat::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
            (true, true) => x[(j, i)],
            (true, false) => dy[(i, j - n)],
            (false, false) => x[(j - n, i - n)],
            (false, true) => 0.0,
        });
        let whole = exponential(&block);
        shifted_all(&Mat::from_fn(n, n, |i, j| whole[(i, j + n)]), shift)
    };
    stack.iter().zip(gradient).map(of).collect()
}
