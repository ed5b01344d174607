//! Square systems on the host: determinants, inverses, solutions, Cholesky factors, and the gradients of them.
//!
//! Apart from `spectrum`, whose decompositions iterate: these end after a number of steps that sizes alone decide.
//! Gradients by Giles 2008, "Collected matrix derivative results for forward and reverse mode".

use super::error::MatrixError;
use super::exact;
use super::host::{Stack, finite, is_finite, symmetric};
use super::range::{Balance, Product};
use super::shift::{exponent, shifted};
use faer::linalg::solvers::{DenseSolveCore, PartialPivLu, Solve};
use faer::{Mat, Side};

/// `P · A = L · U` of a square matrix, rows exchanged so that pivots are large. A matrix whose elements are far apart
/// is balanced before.
pub(super) struct Lu {
    factors: PartialPivLu<f64>,
    balance: Option<Balance>,
    /// The diagonal of `U`. Behind a 0 there may be NaN.
    pub(super) pivots: Vec<f64>,
}

impl Lu {
    pub(super) fn new(x: &Mat<f64>) -> Self {
        let balance = Balance::of(x);
        let factors = match &balance {
            Some(balance) => balance.apply(x).partial_piv_lu(),
            None => x.partial_piv_lu(),
        };
        let pivots = (0..x.nrows()).map(|i| factors.U()[(i, i)]).collect();
        Lu { factors, balance, pivots }
    }

    /// The sign of the determinant, with that of the exchanges.
    pub(super) fn sign(&self) -> f64 {
        if self.pivots.contains(&0.0) {
            return 0.0;
        }
        let rows = self.factors.P().arrays().0;
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
        self.pivots.iter().fold(sign, |sign, pivot| sign * pivot.signum())
    }

    /// The exponents that elements were divided by, together.
    fn exponents(&self) -> i32 {
        self.balance.as_ref().map_or(0, Balance::sum)
    }

    fn product(&self) -> Product {
        Product::of(self.pivots.iter().map(|pivot| pivot.abs()))
    }

    fn determinant(&self) -> f64 {
        match self.sign() {
            0.0 => 0.0,
            sign => self.product().times(sign, self.exponents()),
        }
    }

    fn log_determinant(&self) -> f64 {
        if self.pivots.contains(&0.0) {
            return f64::NEG_INFINITY;
        }
        let exponents = f64::from(self.exponents()) * std::f64::consts::LN_2;
        self.pivots.iter().map(|pivot| pivot.abs().ln()).sum::<f64>() + exponents
    }

    fn inverse(&self) -> Mat<f64> {
        let y = self.factors.inverse();
        match &self.balance {
            Some(of) => Mat::from_fn(y.nrows(), y.ncols(), |i, j| shifted(y[(i, j)], -of.columns[i] - of.rows[j])),
            None => y,
        }
    }

    /// `A⁻ᵀ`
    fn inverse_transposed(&self) -> Mat<f64> {
        self.inverse().transpose().to_owned()
    }

    pub(super) fn solve(&self, right: &Mat<f64>) -> Mat<f64> {
        match &self.balance {
            Some(of) => divided(&self.factors.solve(&divided(right, &of.rows)), &of.columns),
            None => self.factors.solve(right),
        }
    }

    /// `A⁻ᵀ · right`
    pub(super) fn solve_transposed(&self, right: &Mat<f64>) -> Mat<f64> {
        match &self.balance {
            Some(of) => divided(&self.factors.solve_transpose(&divided(right, &of.columns)), &of.rows),
            None => self.factors.solve_transpose(right),
        }
    }
}

/// Rows divided by powers of two.
fn divided(x: &Mat<f64>, exponents: &[i32]) -> Mat<f64> {
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| shifted(x[(i, j)], -exponents[i]))
}

/// The factors of matrices that have an inverse.
pub(super) fn regular(operation: &'static str, stack: &[Mat<f64>]) -> Result<Vec<Lu>, MatrixError> {
    finite(operation, stack)?;
    let factors: Vec<_> = stack.iter().map(Lu::new).collect();
    for (matrix, (x, lu)) in stack.iter().zip(&factors).enumerate() {
        let zero = lu.pivots.iter().position(|&pivot| pivot == 0.0);
        // Where rounding hides it, integers know.
        let hidden = || exact::determinant(x).is_some_and(|exact| exact.mantissa == 0).then(|| x.nrows() - 1);
        if let Some(pivot) = zero.or_else(hidden) {
            return Err(MatrixError::Singular { operation, matrix, pivot });
        }
    }
    Ok(factors)
}

/// The triangular factors of a matrix, and for each of their rows the row of the matrix.
pub(super) struct Triangles {
    pub(super) rows: Vec<usize>,
    pub(super) lower: Mat<f64>,
    pub(super) upper: Mat<f64>,
}

/// The factors of any finite matrices.
pub(super) fn lu(stack: &[Mat<f64>]) -> Result<Vec<Triangles>, MatrixError> {
    finite("lu", stack)?;
    let of = |x: &Mat<f64>| {
        let factors = x.partial_piv_lu();
        let (rows, lower, upper) = (factors.P().arrays().0.to_vec(), factors.L().to_owned(), factors.U().to_owned());
        // The solver divides by pivots of 0, and by the inverse of those that have none.
        if is_finite(&lower) && is_finite(&upper) { Triangles { rows, lower, upper } } else { eliminated(x.clone()) }
    };
    Ok(stack.iter().map(of).collect())
}

/// Elimination that goes on past a pivot of 0, below which all is 0 already.
fn eliminated(mut x: Mat<f64>) -> Triangles {
    let n = x.nrows();
    let mut rows: Vec<usize> = (0..n).collect();
    for k in 0..n {
        let pivot = (k..n).fold(k, |best, i| if x[(i, k)].abs() > x[(best, k)].abs() { i } else { best });
        rows.swap(k, pivot);
        for j in 0..n {
            (x[(k, j)], x[(pivot, j)]) = (x[(pivot, j)], x[(k, j)]);
        }
        for i in k + 1..n {
            let factor = if x[(k, k)] == 0.0 { 0.0 } else { x[(i, k)] / x[(k, k)] };
            x[(i, k)] = factor;
            for j in k + 1..n {
                x[(i, j)] = (-factor).mul_add(x[(k, j)], x[(i, j)]);
            }
        }
    }
    let diagonal = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
    let lower = Mat::from_fn(n, n, |i, j| if j < i { x[(i, j)] } else { diagonal(i, j) });
    let upper = Mat::from_fn(n, n, |i, j| if j < i { 0.0 } else { x[(i, j)] });
    Triangles { rows, lower, upper }
}

/// The determinant of each; NaN where an element is NaN or infinite.
pub(super) fn determinants(stack: &[Mat<f64>]) -> Vec<f64> {
    let of = |x: &Mat<f64>| match exact::determinant(x) {
        Some(exact) => exact.value(),
        None => Lu::new(x).determinant(),
    };
    stack.iter().map(|x| if is_finite(x) { of(x) } else { f64::NAN }).collect()
}

/// Sign and logarithm of the absolute value of each determinant; NaN where an element is NaN or infinite.
pub(super) fn log_determinants(stack: &[Mat<f64>]) -> (Vec<f64>, Vec<f64>) {
    let of = |x: &Mat<f64>| match exact::determinant(x) {
        Some(exact) => (exact.mantissa.signum() as f64, exact.ln()),
        None => {
            let lu = Lu::new(x);
            (lu.sign(), lu.log_determinant())
        }
    };
    stack.iter().map(|x| if is_finite(x) { of(x) } else { (f64::NAN, f64::NAN) }).unzip()
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
    if let Some(exact) = exact::cofactors(x) {
        return exact;
    }
    let Some(of) = Balance::of(x) else { return balanced_cofactors(x).unwrap_or_else(not_a_number) };
    let Some(cofactors) = balanced_cofactors(&of.apply(x)) else { return not_a_number() };
    // Those of the other rows and columns were divided by their exponents.
    let others = |i: usize, j: usize| of.sum() - of.rows[i] - of.columns[j];
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| shifted(cofactors[(i, j)], others(i, j)))
}

fn balanced_cofactors(x: &Mat<f64>) -> Option<Mat<f64>> {
    let lu = Lu::new(x);
    let sizes = || lu.pivots.iter().map(|pivot| pivot.abs());
    // Near a singular matrix `det A · A⁻ᵀ` is 0 · inf; the cofactors of `U · S · Vᵀ` are exact there.
    if sizes().all(|size| size > 1e-8 * sizes().fold(0.0, f64::max)) {
        let (inverse, product, sign) = (lu.inverse_transposed(), lu.product(), lu.sign());
        return Some(Mat::from_fn(x.nrows(), x.ncols(), |i, j| product.times(sign * inverse[(i, j)], 0)));
    }
    let svd = x.svd().ok()?;
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let others = |i: usize| Product::of(values.iter().enumerate().filter(|&(j, _)| j != i).map(|(_, &s)| s));
    let (u, v) = (svd.U().to_owned(), svd.V().to_owned());
    let sign = (Lu::new(&u).determinant() * Lu::new(&v).determinant()).round();
    let scaled = Mat::from_fn(u.nrows(), u.ncols(), |i, j| others(j).times(u[(i, j)] * sign, 0));
    Some(scaled * v.transpose())
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
    Ok(regular("inv", stack)?.iter().map(Lu::inverse).collect())
}

/// `dA = -Yᵀ · dY · Yᵀ`
pub(super) fn inverse_slope(inverses: &[Mat<f64>], gradient: &[Mat<f64>]) -> Stack {
    inverses.iter().zip(gradient).map(|(y, dy)| -(y.transpose() * dy * y.transpose())).collect()
}

/// The lower factors `L` of `(A + Aᵀ) / 2 = L · Lᵀ`.
pub(super) fn cholesky(stack: &[Mat<f64>]) -> Result<Stack, MatrixError> {
    let operation = "cholesky";
    finite(operation, stack)?;
    let factor = |(matrix, x): (usize, &Mat<f64>)| {
        // The factor has half of the exponents of the diagonal, where elements are far.
        let far = Balance::of(x).is_some();
        let half = |i: usize| if far { exponent(x[(i, i)]) / 2 } else { 0 };
        let even = Mat::from_fn(x.nrows(), x.ncols(), |i, j| shifted(x[(i, j)], -half(i) - half(j)));
        match symmetric(&even).llt(Side::Lower) {
            Ok(factors) => Ok(Mat::from_fn(x.nrows(), x.ncols(), |i, j| shifted(factors.L()[(i, j)], half(i)))),
            Err(faer::linalg::cholesky::llt::factor::LltError::NonPositivePivot { index: pivot }) => {
                Err(MatrixError::NotPositiveDefinite { operation, matrix, pivot })
            }
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
