//! What singular values and rational functions give on the host: pseudo-inverses, least squares, ranks, condition
//! numbers, exponentials.
//!
//! Apart from `spectrum` because these are formulas over its factors.

use super::error::MatrixError;
use super::host::{Stack, finite};
use super::spectrum::{Svd, scaled, singular_values, svd};
use faer::Mat;
use faer::linalg::solvers::Solve;

/// Values up to this count as 0: NumPy's and PyTorch's `max(M, N) · ε · largest`.
fn threshold(values: &[f64], sizes: [usize; 2], epsilon: f64) -> f64 {
    values.iter().copied().fold(0.0, f64::max) * epsilon * sizes[0].max(sizes[1]) as f64
}

/// `V · S⁺ · Uᵀ · right`, without the values that count as 0.
fn apply(Svd { u, s, v }: &Svd, right: &Mat<f64>, epsilon: f64) -> Mat<f64> {
    let least = threshold(s, [u.nrows(), v.nrows()], epsilon);
    let inverse: Vec<f64> = s.iter().map(|&s| if s > least { 1.0 / s } else { 0.0 }).collect();
    scaled(v.as_ref(), &inverse) * (u.transpose() * right)
}

/// `A⁺` of each.
pub(super) fn pseudo_inverses(stack: &[Mat<f64>], epsilon: f64) -> Result<Stack, MatrixError> {
    let of = |svd: &Svd| apply(svd, &Mat::identity(svd.u.nrows(), svd.u.nrows()), epsilon);
    Ok(svd("pinv", stack)?.iter().map(of).collect())
}

/// `dA = -Pᵀ · dP · Pᵀ + (I - A · P) · dPᵀ · P · Pᵀ + Pᵀ · P · dPᵀ · (I - P · A)`; Golub and Pereyra 1973.
pub(super) fn pseudo_inverse_slope(stack: &[Mat<f64>], inverses: &[Mat<f64>], gradient: &[Mat<f64>]) -> Stack {
    let of = |((a, p), dp): ((&Mat<f64>, &Mat<f64>), &Mat<f64>)| {
        let (pt, dpt) = (p.transpose(), dp.transpose());
        let rest = |x: Mat<f64>| Mat::<f64>::identity(x.nrows(), x.ncols()) - x;
        let inner = pt * dp * pt;
        rest(a * p) * (dpt * (p * pt)) + pt * (p * (dpt * rest(p * a))) - inner
    };
    stack.iter().zip(inverses).zip(gradient).map(of).collect()
}

/// The solution of least squares, of smallest norm where there are several.
pub(super) fn least_squares(stack: &[Mat<f64>], right: &[Mat<f64>], epsilon: f64) -> Result<Stack, MatrixError> {
    finite("lstsq", right)?;
    Ok(svd("lstsq", stack)?.iter().zip(right).map(|(svd, right)| apply(svd, right, epsilon)).collect())
}

/// How many singular values do not count as 0.
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
    let of = |s: Vec<f64>| match (s.first(), s.last()) {
        (Some(_), Some(&0.0)) => f64::INFINITY,
        (Some(first), Some(last)) => first / last,
        _ => f64::NAN,
    };
    Ok(singular_values("cond", stack)?.into_iter().map(of).collect())
}

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

/// The largest 1-norm on which the approximant is exact to the last bit.
const PADE_RADIUS: f64 = 5.371920351148152;

/// `eᴬ` of each.
pub(super) fn exponentials(stack: &[Mat<f64>]) -> Result<Stack, MatrixError> {
    finite("expm", stack)?;
    Ok(stack.iter().map(exponential).collect())
}

fn exponential(x: &Mat<f64>) -> Mat<f64> {
    let norm = (0..x.ncols()).map(|j| (0..x.nrows()).map(|i| x[(i, j)].abs()).sum::<f64>()).fold(0.0, f64::max);
    // Beyond 2¹⁰²⁴ there is no finite exponential in any case.
    let halvings = if norm > PADE_RADIUS { (norm / PADE_RADIUS).log2().ceil().min(1100.0) as i32 } else { 0 };
    let small = faer::Scale(0.5f64.powi(halvings)) * x;
    (0..halvings).fold(approximant(&small), |y, _| &y * &y)
}

fn approximant(x: &Mat<f64>) -> Mat<f64> {
    let one = Mat::<f64>::identity(x.nrows(), x.ncols());
    let two = x * x;
    let four = &two * &two;
    let six = &four * &two;
    // c[0] + c[2] x² + c[4] x⁴ + c[6] x⁶ + x⁶ (c[8] x² + c[10] x⁴ + c[12] x⁶), from an even and from an odd start
    let half = |start: usize| {
        let c = |order: usize| faer::Scale(PADE[order + start]);
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
        let block = Mat::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
            (true, true) => x[(j, i)],
            (true, false) => dy[(i, j - n)],
            (false, false) => x[(j - n, i - n)],
            (false, true) => 0.0,
        });
        let whole = exponential(&block);
        Mat::from_fn(n, n, |i, j| whole[(i, j + n)])
    };
    stack.iter().zip(gradient).map(of).collect()
}
