//! Covariances and correlations of variables, a row each.
//!
//! Apart from `products`, which take numbers as they are: here their means are taken off.

use super::norms::points::{Left as Variables, Space as Samples};
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
    /// `dx = (dy + dyᵀ) (x - mean) / (N - correction)`. NaN where an element of one of the two rows is NaN, and
    /// everywhere where `N <= correction`.
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
        let rows = Rows::new(variables, samples, centred(values, samples.size()));
        let out: Vec<f64> = rows.products().into_iter().map(|sum| sum / divisor).collect();
        result::<Self, _>(x, &out, (variables, variables), move |gradient| {
            rows.slopes(&gradient).into_iter().map(|slope| slope / divisor).collect()
        })
    }

    /// The correlation of each variable with each other, from -1 to 1, where rows are variables and columns are
    /// samples: [`cov`](Covariances::cov)ariances divided by both standard deviations. NumPy's and PyTorch's
    /// `corrcoef`.
    ///
    /// NaN where one of the two rows has no deviation, or an element that is NaN.
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
        let mut units = centred(values, samples.size());
        let sizes: Vec<f64> = units.chunks_exact_mut(samples.size().max(1)).map(to_unit).collect();
        let rows = Rows::new(variables, samples, units);
        // Of no samples there is not even a row to ask.
        let near = |y: f64| if samples.size() == 0 { f64::NAN } else { y.clamp(-1.0, 1.0) };
        let out: Vec<f64> = rows.products().into_iter().map(near).collect();
        result::<Self, _>(x, &out, (variables, variables), move |gradient| {
            let mut slopes = rows.slopes(&gradient);
            let width = samples.size().max(1);
            let each = slopes.chunks_exact_mut(width).zip(rows.0.as_slice().chunks_exact(width)).zip(sizes);
            each.for_each(|((slope, unit), size)| across(slope, unit, size));
            slopes
        })
    }
}
impl<X: Operand> Covariances for X {}

/// Variables without their means.
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

    /// `(dy + dyᵀ) · rows`
    fn slopes(&self, gradient: &[f64]) -> Vec<f64> {
        let size = self.0.shape().0;
        let both = |i: usize| gradient[i] + gradient[i % size.0 * size.0 + i / size.0];
        Cpu.from_fn((size, size), both).matmul(&self.0).eval().to_vec()
    }
}

/// Rows less their means; what the rounding of a mean has left is taken off, too.
fn centred(mut values: Vec<f64>, width: usize) -> Vec<f64> {
    for row in values.chunks_exact_mut(width.max(1)) {
        for _ in 0..2 {
            let mean = row.iter().map(|x| x / width as f64).sum::<f64>();
            row.iter_mut().for_each(|x| *x -= mean);
        }
    }
    values
}

/// Divides a row by its size, which squares of large and small numbers do not leave the range of.
fn to_unit(row: &mut [f64]) -> f64 {
    let largest = row.iter().fold(0.0, |most: f64, x| if x.abs() > most || x.is_nan() { x.abs() } else { most });
    let size = largest * row.iter().map(|x| (x / largest) * (x / largest)).sum::<f64>().sqrt();
    row.iter_mut().for_each(|x| *x /= size);
    size
}

/// What of a slope is across a unit, over the size that the unit had.
fn across(slope: &mut [f64], unit: &[f64], size: f64) {
    let along: f64 = slope.iter().zip(unit).map(|(dy, x)| dy * x).sum();
    slope.iter_mut().zip(unit).for_each(|(dy, x)| *dy = (*dy - x * along) / size);
}
