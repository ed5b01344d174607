//! Square systems on the host: determinants, inverses, solutions, Cholesky factors, and the gradients of them.
//!
//! Apart from `spectrum`, whose decompositions iterate: these end after a number of steps that sizes alone decide.
//! Gradients by Giles 2008, "Collected matrix derivative results for forward and reverse mode".

use super::error::MatrixError;
use super::host::{Stack, finite, is_finite, symmetric};
use faer::linalg::solvers::{DenseSolveCore, PartialPivLu, Solve};
use faer::{Mat, Side};

/// `P · A = L · U` of a square matrix, rows exchanged so that pivots are large.
pub(super) struct Lu {
    factors: PartialPivLu<f64>,
    /// The diagonal of `U`.
    pub(super) pivots: Vec<f64>,
}

impl Lu {
    pub(super) fn new(x: &Mat<f64>) -> Self {
        let factors = x.partial_piv_lu();
        let pivots = (0..x.nrows()).map(|i| factors.U()[(i, i)]).collect();
        Lu { factors, pivots }
    }

    /// For each row of `L · U`, the row of `A`.
    pub(super) fn rows(&self) -> Vec<usize> {
        self.factors.P().arrays().0.to_vec()
    }

    pub(super) fn lower(&self) -> Mat<f64> {
        self.factors.L().to_owned()
    }

    pub(super) fn upper(&self) -> Mat<f64> {
        self.factors.U().to_owned()
    }

    /// The sign of the determinant, with that of the exchanges.
    pub(super) fn sign(&self) -> f64 {
        let rows = self.rows();
        let (mut sign, mut seen) = (1.0, vec![false; rows.len()]);
        for start in 0..rows.len() {
            let (mut at, mut length) = (start, 0);
            while !seen[at] {
                seen[at] = true;
                at = rows[at];
                length += 1;
            }
            // A cycle of even length is an odd number of exchanges.
            sign = if length > 0 && length % 2 == 0 { -sign } else { sign };
        }
        self.pivots.iter().fold(sign, |sign, &pivot| if pivot == 0.0 { 0.0 } else { sign * pivot.signum() })
    }

    fn determinant(&self) -> f64 {
        self.sign() * self.pivots.iter().map(|pivot| pivot.abs()).product::<f64>()
    }

    /// `A⁻ᵀ`
    fn inverse_transposed(&self) -> Mat<f64> {
        self.factors.inverse().transpose().to_owned()
    }

    pub(super) fn solve(&self, right: &Mat<f64>) -> Mat<f64> {
        self.factors.solve(right)
    }

    /// `A⁻ᵀ · right`
    pub(super) fn solve_transposed(&self, right: &Mat<f64>) -> Mat<f64> {
        self.factors.solve_transpose(right)
    }
}

/// The factors of matrices that have an inverse.
pub(super) fn regular(operation: &'static str, stack: &[Mat<f64>]) -> Result<Vec<Lu>, MatrixError> {
    finite(operation, stack)?;
    let factors: Vec<_> = stack.iter().map(Lu::new).collect();
    for (matrix, lu) in factors.iter().enumerate() {
        if let Some(pivot) = lu.pivots.iter().position(|&pivot| pivot == 0.0) {
            return Err(MatrixError::Singular { operation, matrix, pivot });
        }
    }
    Ok(factors)
}

/// The factors of any finite matrices.
pub(super) fn lu(stack: &[Mat<f64>]) -> Result<Vec<Lu>, MatrixError> {
    finite("lu", stack)?;
    Ok(stack.iter().map(Lu::new).collect())
}

/// The determinant of each; NaN where an element is NaN or infinite.
pub(super) fn determinants(stack: &[Mat<f64>]) -> Vec<f64> {
    stack.iter().map(|x| if is_finite(x) { Lu::new(x).determinant() } else { f64::NAN }).collect()
}

/// Sign and logarithm of the absolute value of each determinant; NaN where an element is NaN or infinite.
pub(super) fn log_determinants(stack: &[Mat<f64>]) -> (Vec<f64>, Vec<f64>) {
    let of = |x: &Mat<f64>| match is_finite(x) {
        true => {
            let lu = Lu::new(x);
            (lu.sign(), lu.pivots.iter().map(|pivot| pivot.abs().ln()).sum())
        }
        false => (f64::NAN, f64::NAN),
    };
    stack.iter().map(of).unzip()
}

/// `dA = dy · cof A`, the matrix of cofactors, which is `det A · A⁻ᵀ` where there is an inverse.
pub(super) fn determinant_slope(stack: &[Mat<f64>], gradient: &[f64]) -> Stack {
    stack.iter().zip(gradient).map(|(x, &dy)| faer::Scale(dy) * &cofactors(x)).collect()
}

fn cofactors(x: &Mat<f64>) -> Mat<f64> {
    let not_a_number = || Mat::from_fn(x.nrows(), x.ncols(), |_, _| f64::NAN);
    if !is_finite(x) {
        return not_a_number();
    }
    let lu = Lu::new(x);
    let sizes = || lu.pivots.iter().map(|pivot| pivot.abs());
    // Near a singular matrix `det A · A⁻ᵀ` is 0 · inf; the cofactors of `U · S · Vᵀ` are exact there.
    if sizes().fold(f64::INFINITY, f64::min) > 1e-8 * sizes().fold(0.0, f64::max) {
        return faer::Scale(lu.determinant()) * &lu.inverse_transposed();
    }
    let Ok(svd) = x.svd() else { return not_a_number() };
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let others = |i: usize| -> f64 { values.iter().enumerate().filter(|&(j, _)| j != i).map(|(_, s)| s).product() };
    let (u, v) = (svd.U().to_owned(), svd.V().to_owned());
    let sign = Lu::new(&u).determinant() * Lu::new(&v).determinant();
    let scaled = Mat::from_fn(u.nrows(), u.ncols(), |i, j| u[(i, j)] * others(j) * sign.round());
    scaled * v.transpose()
}

/// `dA = dy · A⁻ᵀ`; NaN where the matrix is singular.
pub(super) fn log_determinant_slope(stack: &[Mat<f64>], gradient: &[f64]) -> Stack {
    let of = |(x, &dy): (&Mat<f64>, &f64)| match regular("slogdet", std::slice::from_ref(x)) {
        Ok(factors) => faer::Scale(dy) * &factors[0].inverse_transposed(),
        Err(_) => Mat::from_fn(x.nrows(), x.ncols(), |_, _| f64::NAN),
    };
    stack.iter().zip(gradient).map(of).collect()
}

/// `A⁻¹` of each.
pub(super) fn inverses(stack: &[Mat<f64>]) -> Result<Stack, MatrixError> {
    Ok(regular("inv", stack)?.iter().map(|lu| lu.factors.inverse()).collect())
}

/// `dA = -Yᵀ · dY · Yᵀ`
pub(super) fn inverse_slope(inverses: &[Mat<f64>], gradient: &[Mat<f64>]) -> Stack {
    inverses.iter().zip(gradient).map(|(y, dy)| -(y.transpose() * dy * y.transpose())).collect()
}

/// The lower factors `L` of `(A + Aᵀ) / 2 = L · Lᵀ`.
pub(super) fn cholesky(stack: &[Mat<f64>]) -> Result<Stack, MatrixError> {
    let operation = "cholesky";
    finite(operation, stack)?;
    let factor = |(matrix, x): (usize, &Mat<f64>)| match symmetric(x).llt(Side::Lower) {
        Ok(factors) => Ok(factors.L().to_owned()),
        Err(faer::linalg::cholesky::llt::factor::LltError::NonPositivePivot { index: pivot }) => {
            Err(MatrixError::NotPositiveDefinite { operation, matrix, pivot })
        }
    };
    stack.iter().enumerate().map(factor).collect()
}

/// `dA = sym(L⁻ᵀ · Φ(Lᵀ · dL) · L⁻¹)`, where `Φ` is the lower triangle with half of the diagonal.
pub(super) fn cholesky_slope(factors: &[Mat<f64>], gradient: &[Mat<f64>]) -> Stack {
    let of = |(l, dl): (&Mat<f64>, &Mat<f64>)| {
        let product = l.transpose() * lower(dl);
        let mut half = lower(&product);
        (0..l.nrows()).for_each(|i| half[(i, i)] *= 0.5);
        // X = L⁻ᵀ · half, then X · L⁻¹ = (L⁻ᵀ · Xᵀ)ᵀ
        l.transpose().solve_upper_triangular_in_place(&mut half);
        let mut other = half.transpose().to_owned();
        l.transpose().solve_upper_triangular_in_place(&mut other);
        symmetric(&other)
    };
    factors.iter().zip(gradient).map(of).collect()
}

fn lower(x: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| if j <= i { x[(i, j)] } else { 0.0 })
}
