//! What singular values give on the host: pseudo-inverses, least squares, ranks, condition
//! numbers.
//!
//! Apart from `spectrum` because these are formulas over its factors.

use super::error::MatrixError;
use super::exact;
use super::host::{Stack, finite};
use super::range::{far, shifted_all};
use super::spectrum::{Svd, scaled, singular_values, svd};
use faer::Mat;

fn exactly_singular(x: &Mat<f64>) -> bool {
    exact::determinant(x).is_some_and(|exact| exact.mantissa == 0)
}

/// Values up to this count as 0: NumPy's and PyTorch's `max(M, N) · ε · largest`.
fn threshold(values: &[f64], sizes: [usize; 2], epsilon: f64) -> f64 {
    values.iter().copied().fold(0.0, f64::max) * epsilon * sizes[0].max(sizes[1]) as f64
}

/// `V · S⁺ · Uᵀ · right`, without the values that count as 0.
fn apply(Svd { u, s, v, exponent }: &Svd, right: &Mat<f64>, epsilon: f64) -> Mat<f64> {
    let least = threshold(s, [u.nrows(), v.nrows()], epsilon);
    let inverse: Vec<f64> = s.iter().map(|&s| if s > least { 1.0 / s } else { 0.0 }).collect();
    shifted_all(&(scaled(v.as_ref(), &inverse) * (u.transpose() * right)), -exponent)
}

/// `A⁺` of each.
pub(super) fn pseudo_inverses(stack: &[Mat<f64>], epsilon: f64) -> Result<Stack, MatrixError> {
    let of = |svd: &Svd| apply(svd, &Mat::identity(svd.u.nrows(), svd.u.nrows()), epsilon);
    Ok(svd("pinv", stack)?.iter().map(of).collect())
}

/// `dA = -Pᵀ · dP · Pᵀ + (I - A · P) · dPᵀ · P · Pᵀ + Pᵀ · P · dPᵀ · (I - P · A)`; Golub and Pereyra 1973.
pub(super) fn pseudo_inverse_slope(stack: &[Mat<f64>], inverses: &[Mat<f64>], gradient: &[Mat<f64>]) -> Stack {
    let of = |((a, p), dp): ((&Mat<f64>, &Mat<f64>), &Mat<f64>)| {
        // Of `A · 2⁻ᵉ` and its inverse; the result is short by `2²ᵉ`.
        let exponent = far(a);
        let (a, p) = (&shifted_all(a, -exponent), &shifted_all(p, exponent));
        let (pt, dpt) = (p.transpose(), dp.transpose());
        let rest = |x: Mat<f64>| Mat::<f64>::identity(x.nrows(), x.ncols()) - x;
        let inner = pt * dp * pt;
        let slope = rest(a * p) * (dpt * (p * pt)) + pt * (p * (dpt * rest(p * a))) - inner;
        shifted_all(&slope, -2 * exponent)
    };
    stack.iter().zip(inverses).zip(gradient).map(of).collect()
}

/// The solution of least squares, of smallest norm where there are several.
pub(super) fn least_squares(stack: &[Mat<f64>], right: &[Mat<f64>], epsilon: f64) -> Result<Stack, MatrixError> {
    finite("lstsq", right)?;
    Ok(svd("lstsq", stack)?.iter().zip(right).map(|(svd, right)| apply(svd, right, epsilon)).collect())
}

/// How many singular values do not count as 0.
#[track_caller]
pub(super) fn ranks(stack: &[Mat<f64>], epsilon: f64) -> Result<Vec<usize>, MatrixError> {
    let values = singular_values("matrix_rank", stack)?;
    let rank = |(x, s): (&Mat<f64>, Vec<f64>)| {
        let least = threshold(&s, [x.nrows(), x.ncols()], epsilon);
        s.iter().filter(|&&s| s > least).count()
    };
    Ok(stack.iter().zip(values).map(rank).collect())
}

/// The largest singular value over the smallest; NaN of no values.
pub(super) fn conditions(stack: &[Mat<f64>]) -> Result<Vec<f64>, MatrixError> {
    let of = |(x, s): (&Mat<f64>, Vec<f64>)| match (s.first(), s.last()) {
        (Some(_), Some(&0.0)) => f64::INFINITY,
        (Some(_), Some(_)) if x.nrows() == x.ncols() && exactly_singular(x) => f64::INFINITY,
        (Some(first), Some(last)) => first / last,
        _ => f64::NAN,
    };
    Ok(stack.iter().zip(singular_values("cond", stack)?).map(of).collect())
}
