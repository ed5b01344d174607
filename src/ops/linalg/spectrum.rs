//! Orthogonal factors, singular values and eigenvalues on the host, and their gradients.
//!
//! Apart from `solver`, whose algorithms are finite. Gradients by Townsend 2016, "Differentiating the singular value
//! decomposition", and by Walter and Lehmann 2018, arXiv:1009.6112, for the triangular factor.

use super::error::MatrixError;
use super::host::{Stack, finite, symmetric};
use super::range::{Balance, far, shifted_all, similar};
use super::shift::shifted;
use faer::{Mat, MatRef, Side};

/// `A = Q · R`, with an `R` whose diagonal is not negative.
#[derive(Clone)]
pub(super) struct Qr {
    pub(super) q: Mat<f64>,
    pub(super) r: Mat<f64>,
}

/// The reduced factors of each.
pub(super) fn qr(stack: &[Mat<f64>]) -> Result<Vec<Qr>, MatrixError> {
    finite("qr", stack)?;
    Ok(stack.iter().map(triangular).collect())
}

fn triangular(x: &Mat<f64>) -> Qr {
    // Columns on scales of their own have the same `Q`.
    if let Some(of) = Balance::of_columns(x) {
        let Qr { q, r } = reflected(&of.apply(x));
        let r = Mat::from_fn(r.nrows(), r.ncols(), |i, j| shifted(r[(i, j)], of.columns[j]));
        return Qr { q, r };
    }
    reflected(x)
}

fn reflected(x: &Mat<f64>) -> Qr {
    let factors = x.qr();
    let (q, r) = (factors.compute_thin_Q(), factors.thin_R().to_owned());
    let sign: Vec<f64> = (0..r.nrows()).map(|i| if r[(i, i)] < 0.0 { -1.0 } else { 1.0 }).collect();
    Qr {
        q: Mat::from_fn(q.nrows(), q.ncols(), |i, j| q[(i, j)] * sign[j]),
        r: Mat::from_fn(r.nrows(), r.ncols(), |i, j| if j < i { 0.0 } else { r[(i, j)] * sign[i] }),
    }
}

/// `dA = (dQ + Q · copyltu(R · dRᵀ - dQᵀ · Q)) · R⁻ᵀ`, of either gradient; the other is 0.
pub(super) fn qr_slope(factors: &[Qr], of_q: Option<Stack>, of_r: Option<Stack>) -> Result<Stack, MatrixError> {
    let zeros = |x: &Mat<f64>| Mat::zeros(x.nrows(), x.ncols());
    let slope = |(matrix, Qr { q, r }): (usize, &Qr)| {
        if let Some(pivot) = (0..r.nrows()).find(|&i| r[(i, i)] == 0.0) {
            return Err(MatrixError::Singular { operation: "the gradient of qr", matrix, pivot });
        }
        let dq = of_q.as_ref().map_or_else(|| zeros(q), |of_q| of_q[matrix].clone());
        let dr = of_r.as_ref().map_or_else(|| zeros(r), |of_r| upper(&of_r[matrix]));
        let m = r * dr.transpose() - dq.transpose() * q;
        let both = Mat::from_fn(m.nrows(), m.ncols(), |i, j| if j <= i { m[(i, j)] } else { m[(j, i)] });
        let sum = dq + q * both;
        // sum · R⁻ᵀ = (R⁻¹ · sumᵀ)ᵀ
        let mut transposed = sum.transpose().to_owned();
        r.solve_upper_triangular_in_place(&mut transposed);
        Ok(transposed.transpose().to_owned())
    };
    factors.iter().enumerate().map(slope).collect()
}

fn upper(x: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| if j >= i { x[(i, j)] } else { 0.0 })
}

/// `A = U · diag(S) · Vᵀ · 2ᵉ`, reduced, the largest value first; `e` is 0 but for matrices that are far.
#[derive(Clone)]
pub(super) struct Svd {
    pub(super) u: Mat<f64>,
    pub(super) s: Vec<f64>,
    pub(super) v: Mat<f64>,
    pub(super) exponent: i32,
}

/// The factors of each.
pub(super) fn svd(operation: &'static str, stack: &[Mat<f64>]) -> Result<Vec<Svd>, MatrixError> {
    finite(operation, stack)?;
    let factors = |(matrix, x): (usize, &Mat<f64>)| {
        let exponent = far(x);
        match shifted_all(x, -exponent).thin_svd() {
            Ok(svd) => {
                let s = svd.S().column_vector().iter().copied().collect();
                Ok(Svd { u: svd.U().to_owned(), s, v: svd.V().to_owned(), exponent })
            }
            Err(_) => Err(MatrixError::NoConvergence { operation, matrix }),
        }
    };
    stack.iter().enumerate().map(factors).collect()
}

/// The singular values of each.
pub(super) fn singular_values(operation: &'static str, stack: &[Mat<f64>]) -> Result<Vec<Vec<f64>>, MatrixError> {
    finite(operation, stack)?;
    let values = |(matrix, x): (usize, &Mat<f64>)| {
        let exponent = far(x);
        let values = shifted_all(x, -exponent).singular_values();
        let values = values.map_err(|_| MatrixError::NoConvergence { operation, matrix })?;
        Ok(values.into_iter().map(|s| shifted(s, exponent)).collect())
    };
    stack.iter().enumerate().map(values).collect()
}

impl Svd {
    /// The values of the matrix itself.
    pub(super) fn values(&self) -> Vec<f64> {
        self.s.iter().map(|&s| shifted(s, self.exponent)).collect()
    }

    /// `dA = U · diag(dS) · Vᵀ`
    pub(super) fn slope_of_values(&self, ds: &[f64]) -> Mat<f64> {
        scaled(self.u.as_ref(), ds) * self.v.transpose()
    }

    /// `dA = U · (skew(Uᵀ · dU) / gaps · S) · Vᵀ + (I - U · Uᵀ) · dU · S⁻¹ · Vᵀ`
    pub(super) fn slope_of_left(&self, du: &Mat<f64>) -> Mat<f64> {
        let inverse: Vec<f64> = self.s.iter().map(|s| 1.0 / s).collect();
        let du = &shifted_all(du, -self.exponent);
        let product = self.u.transpose() * du;
        let inside = scaled(self.over_gaps(&product).as_ref(), &self.s);
        let outside = if self.u.nrows() > self.u.ncols() {
            scaled((du - &self.u * &product).as_ref(), &inverse)
        } else {
            Mat::zeros(du.nrows(), du.ncols())
        };
        (&self.u * inside + outside) * self.v.transpose()
    }

    /// `dA = U · (S · skew(Vᵀ · dV) / gaps) · Vᵀ`, of the rows of `Vᵀ`, which is square.
    pub(super) fn slope_of_right(&self, dvh: &Mat<f64>) -> Mat<f64> {
        let dvh = shifted_all(dvh, -self.exponent);
        let gaps = self.over_gaps(&(self.v.transpose() * dvh.transpose()));
        let inside = Mat::from_fn(gaps.nrows(), gaps.ncols(), |i, j| self.s[i] * gaps[(i, j)]);
        &self.u * inside * self.v.transpose()
    }

    /// `(X - Xᵀ)ᵢⱼ / (sⱼ² - sᵢ²)`, 0 on the diagonal.
    fn over_gaps(&self, x: &Mat<f64>) -> Mat<f64> {
        let gap = |i: usize, j: usize| (self.s[j] - self.s[i]) * (self.s[j] + self.s[i]);
        Mat::from_fn(x.nrows(), x.ncols(), |i, j| if i == j { 0.0 } else { (x[(i, j)] - x[(j, i)]) / gap(i, j) })
    }
}

/// Column `j` times `by[j]`.
pub(super) fn scaled(x: MatRef<'_, f64>, by: &[f64]) -> Mat<f64> {
    Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] * by[j])
}

/// Whether the matrices have no rows: the solver for eigenvalues expects one.
fn is_empty(stack: &[Mat<f64>]) -> bool {
    stack.first().is_some_and(|x| x.nrows() == 0)
}

/// `(A + Aᵀ) / 2 = V · diag(L) · Vᵀ`, the smallest eigenvalue first.
#[derive(Clone)]
pub(super) struct Eigh {
    pub(super) values: Vec<f64>,
    pub(super) vectors: Mat<f64>,
}

/// The factors of each.
pub(super) fn eigh(operation: &'static str, stack: &[Mat<f64>]) -> Result<Vec<Eigh>, MatrixError> {
    finite(operation, stack)?;
    if is_empty(stack) {
        return Ok(stack.iter().map(|x| Eigh { values: Vec::new(), vectors: x.clone() }).collect());
    }
    let factors = |(matrix, x): (usize, &Mat<f64>)| {
        let exponent = far(x);
        match symmetric(&shifted_all(x, -exponent)).self_adjoint_eigen(Side::Lower) {
            Ok(found) => {
                let values = found.S().column_vector().iter().map(|&value| shifted(value, exponent)).collect();
                Ok(Eigh { values, vectors: found.U().to_owned() })
            }
            Err(_) => Err(MatrixError::NoConvergence { operation, matrix }),
        }
    };
    stack.iter().enumerate().map(factors).collect()
}

impl Eigh {
    /// `dA = V · diag(dL) · Vᵀ`
    pub(super) fn slope_of_values(&self, dl: &[f64]) -> Mat<f64> {
        symmetric(&(scaled(self.vectors.as_ref(), dl) * self.vectors.transpose()))
    }

    /// `dA = sym(V · (Vᵀ · dV / gaps) · Vᵀ)`, the gap being `lⱼ - lᵢ`, and nothing on the diagonal.
    pub(super) fn slope_of_vectors(&self, dv: &Mat<f64>) -> Mat<f64> {
        let product = self.vectors.transpose() * dv;
        let gap = |i: usize, j: usize| self.values[j] - self.values[i];
        let over =
            Mat::from_fn(
                product.nrows(),
                product.ncols(),
                |i, j| if i == j { 0.0 } else { product[(i, j)] / gap(i, j) },
            );
        symmetric(&(&self.vectors * over * self.vectors.transpose()))
    }
}

/// Eigenvalues and eigenvectors of any square matrix, real and imaginary parts.
pub(super) struct Eigen {
    pub(super) values: [Vec<f64>; 2],
    pub(super) vectors: [Mat<f64>; 2],
}

/// The factors of each; vectors have length 1.
pub(super) fn eig(stack: &[Mat<f64>]) -> Result<Vec<Eigen>, MatrixError> {
    let operation = "eig";
    finite(operation, stack)?;
    if is_empty(stack) {
        let none = |x: &Mat<f64>| Eigen { values: Default::default(), vectors: [x.clone(), x.clone()] };
        return Ok(stack.iter().map(none).collect());
    }
    let factors = |(matrix, x): (usize, &Mat<f64>)| eigen(x).ok_or(MatrixError::NoConvergence { operation, matrix });
    stack.iter().enumerate().map(factors).collect()
}

fn eigen(x: &Mat<f64>) -> Option<Eigen> {
    let exponent = far(x);
    let (balanced, exponents) = similar(&shifted_all(x, -exponent));
    let found = balanced.eigen().ok()?;
    let (values, u) = (found.S().column_vector(), found.U());
    let most = exponents.iter().copied().max().unwrap_or(0);
    let part = |of: fn(&faer::c64) -> f64| {
        Mat::from_fn(u.nrows(), u.ncols(), |i, j| shifted(of(&u[(i, j)]), exponents[i] - most))
    };
    let (re, im) = (part(|value| value.re), part(|value| value.im));
    // What vanishes beside the largest element of a vector has no part in its length.
    let largest = |j: usize| (0..re.nrows()).map(|i| re[(i, j)].abs().max(im[(i, j)].abs())).fold(0.0, f64::max);
    let length = |j: usize| {
        let largest = largest(j);
        let square = |x: f64| (x / largest) * (x / largest);
        largest * (0..re.nrows()).map(|i| square(re[(i, j)]) + square(im[(i, j)])).sum::<f64>().sqrt()
    };
    let lengths: Vec<f64> = (0..re.ncols()).map(length).collect();
    let unit = |x: &Mat<f64>| Mat::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)] / lengths[j]);
    let of = |of: fn(&faer::c64) -> f64| values.iter().map(|value| shifted(of(value), exponent)).collect();
    Some(Eigen { values: [of(|value| value.re), of(|value| value.im)], vectors: [unit(&re), unit(&im)] })
}
