//! Covariances and correlations of variables, a row each.
//!
//! Apart from `products`, which take numbers as they are: here their means are taken off.

use super::norms::points::{Left as Variables, Space as Samples};
use super::shift::{exponent, shifted};
use crate::device::Cpu;
use crate::dims::Dim;
use crate::error::OrRaise;
use crate::graph::Operand;
use crate::ops::on_host::{OnHost, read, result};
use crate::ops::{Evaluate, FloatingNode, Products};
use crate::tensor::{Create, Tensor};

/// Covariances and correlations.
pub trait Covariances: Operand + Sized {
    /// The covariance of each variable with each other, where rows are variables and columns are samples:
    /// `y[i, j] = Σₖ (x[i, k] - mean of i) (x[j, k] - mean of j) / (N - correction)`. NumPy's and PyTorch's `cov`,
    /// whose correction is 1.
    ///
    /// `dx = (dy + dyᵀ) (x - mean) / (N - correction)`. Equal samples have the covariance 0. NaN where an element of
    /// one of the two rows is NaN or infinite, and everywhere where `N <= correction`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [1.0, 0.0, -1.0]]);
    /// assert_eq!(x.cov(1).eval(), Cpu.tensor([[1.0, -1.0], [-1.0, 1.0]]));
    /// ```
    #[track_caller]
    fn cov<R: Dim, C: Dim>(self, correction: usize) -> OnHost<Self, (R, R)>
    where
        Self: Operand<S = (R, C)>,
        Self::E: FloatingNode<Self::N>,
    {
        let (x, values) = read(self);
        let (variables, samples) = x.shape;
        let divisor = if samples.size() > correction { (samples.size() - correction) as f64 } else { f64::NAN };
        let (values, exponents) = centred(values, variables.size(), samples.size());
        let rows = Rows::new(variables, samples, values);
        let (count, by) = (variables.size(), exponents.clone());
        let whole = |(i, sum): (usize, f64)| shifted(sum / divisor, by[i / count] + by[i % count]);
        let out: Vec<f64> = rows.products().into_iter().enumerate().map(whole).collect();
        result::<Self, _>(x, &out, (variables, variables), move |gradient| {
            rows.slopes(&gradient, |slope, other| shifted(slope / divisor, exponents[other]))
        })
    }

    /// The correlation of each variable with each other, from -1 to 1, where rows are variables and columns are
    /// samples: [`cov`](Covariances::cov)ariances divided by both standard deviations. NumPy's and PyTorch's
    /// `corrcoef`.
    ///
    /// NaN where one of the two rows has no deviation, as of equal samples, or an element that is NaN or infinite.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1.0, 2.0, 3.0], [5.0, 3.0, 1.0]]);
    /// assert!(x.corrcoef().allclose(&Cpu.tensor([[1.0, -1.0], [-1.0, 1.0]]), 1e-6, 0.0));
    /// ```
    #[track_caller]
    fn corrcoef<R: Dim, C: Dim>(self) -> OnHost<Self, (R, R)>
    where
        Self: Operand<S = (R, C)>,
        Self::E: FloatingNode<Self::N>,
    {
        let (x, values) = read(self);
        let (variables, samples) = x.shape;
        let (mut units, exponents) = centred(values, variables.size(), samples.size());
        let sizes: Vec<f64> = units.chunks_exact_mut(samples.size().max(1)).map(to_unit).collect();
        let rows = Rows::new(variables, samples, units);
        // Of no samples there is not even a row to ask.
        let near = |y: f64| if samples.size() == 0 { f64::NAN } else { y.clamp(-1.0, 1.0) };
        let out: Vec<f64> = rows.products().into_iter().map(near).collect();
        result::<Self, _>(x, &out, (variables, variables), move |gradient| {
            let mut slopes = rows.slopes(&gradient, |slope, _| slope);
            let width = samples.size().max(1);
            let each = slopes.chunks_exact_mut(width).zip(rows.0.as_slice().chunks_exact(width));
            for ((slope, unit), (size, exponent)) in each.zip(sizes.into_iter().zip(exponents)) {
                across(slope, unit, size);
                slope.iter_mut().for_each(|dx| *dx = shifted(*dx, -exponent));
            }
            slopes
        })
    }
}
impl<X: Operand> Covariances for X {}

/// Variables without their means, each on a scale of its own.
struct Rows(Tensor<(Variables, Samples), f64>);

impl Rows {
    fn new<R: Dim, C: Dim>(variables: R, samples: C, values: Vec<f64>) -> Self {
        let shape = (Variables(variables.size()), Samples(samples.size()));
        Rows(Cpu.from_vec(shape, values).or_raise())
    }

    /// Each row times each other.
    fn products(&self) -> Vec<f64> {
        self.0.matmul_t(&self.0).eval().to_vec()
    }

    /// `(dy + dyᵀ) · rows`, where each number of the sum is brought to the scale of the row that it is for.
    fn slopes(&self, gradient: &[f64], scaled: impl Fn(f64, usize) -> f64) -> Vec<f64> {
        let size = self.0.shape().0;
        let both = |i: usize| scaled(gradient[i] + gradient[i % size.0 * size.0 + i / size.0], i % size.0);
        Cpu.from_fn((size, size), both).matmul(&self.0).eval().to_vec()
    }
}

/// Rows less their means, over a power of two whose exponent is beside them: of elements near 1 neither sums nor
/// squares leave the range. What the rounding of a mean has left is taken off, too, and equal elements have no
/// deviation.
fn centred(mut values: Vec<f64>, rows: usize, width: usize) -> (Vec<f64>, Vec<i32>) {
    let mut exponents = vec![0; rows];
    for (row, by) in values.chunks_exact_mut(width.max(1)).zip(&mut exponents) {
        if row.iter().any(|x| !x.is_finite()) {
            row.fill(f64::NAN);
        } else if row.iter().all(|&x| x == row[0]) {
            row.fill(0.0);
        } else {
            *by = exponent(row.iter().fold(0.0, |most: f64, x| most.max(x.abs())));
            row.iter_mut().for_each(|x| *x = shifted(*x, -*by));
            for _ in 0..2 {
                let mean = row.iter().map(|x| x / width as f64).sum::<f64>();
                row.iter_mut().for_each(|x| *x -= mean);
            }
        }
    }
    (values, exponents)
}

/// Divides a row by its size.
fn to_unit(row: &mut [f64]) -> f64 {
    let size = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    row.iter_mut().for_each(|x| *x /= size);
    size
}

/// What of a slope is across a unit, over the size that the unit had.
fn across(slope: &mut [f64], unit: &[f64], size: f64) {
    let along: f64 = slope.iter().zip(unit).map(|(dy, x)| dy * x).sum();
    slope.iter_mut().zip(unit).for_each(|(dy, x)| *dy = (*dy - x * along) / size);
}
