//! The polynomial that fits points best.
//!
//! Apart from `least`, whose matrices are given: here they are the powers of points.

use super::back::{MatrixOf, each, heard, result};
use super::host::{Stack, download, flat};
use super::pseudo;
use crate::device::{Device, SameDevice};
use crate::dims::{AddDim, Added, D, Dim};
use crate::dtype::Real;
use crate::error::raise;
use crate::graph::Operand;
use crate::ops::{FloatingNode, whole};
use crate::shape::{EachPoint, Mismatch, Shape};
use crate::tensor::{Tensor, VectorShape};
use faer::Mat;

/// What [`polyfit`](Tensor::polyfit) gives: a coefficient more than the degree `G`.
pub type FitOf<Y, G> = MatrixOf<Y, (Added<G, D<1>>,)>;

impl<S: Shape, E: Real, Own: Device> Tensor<S, E, Own> {
    /// The coefficients, highest power first, of the polynomial of a degree that comes nearest to the values `y` at
    /// these points: the sum of the squares of the distances is least. NumPy's `polyfit(x, y, degree)`; feature
    /// `linalg`.
    ///
    /// Computed in `f64` by the singular values of the powers, each of which is on a scale of its own; of several best
    /// ones the one of smallest coefficients on these. The gradient is that of the values. NaN and infinities among the
    /// points raise [`Error::Value`](crate::Error::Value), other numbers of points than of values
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([0.0, 1.0, 2.0, 3.0]);
    /// let line: Tensor<Shape![2]> = x.polyfit(&Cpu.tensor([1.0, 3.0, 5.0, 7.0]), D::<1>).eval();
    /// assert!(line.allclose(&Cpu.tensor([2.0, 1.0]), 1e-6, 1e-6));
    /// ```
    #[track_caller]
    pub fn polyfit<G, Y>(&self, y: Y, degree: G) -> FitOf<Y, G>
    where
        S: VectorShape<Length: EachPoint<<Y::S as VectorShape>::Length>>,
        G: Dim + AddDim<D<1>>,
        Y: Operand<S: VectorShape>,
        Y::E: FloatingNode<Y::N>,
        Own: SameDevice<Y::D>,
    {
        let y = whole(y);
        let (points, values) = (download(self.device, &self.buf), download(y.device, &y.materialise()));
        if points.len() != values.len() {
            raise(Mismatch::new("polyfit", self.shape, y.shape).into());
        }
        let inverse = heard(inverse_of_powers(&points, degree.size() + 1));
        let fitted = |values: &[f64]| flat(&[&inverse * column(values)]);
        let first = fitted(&values);
        // Once more for what is left of the values: an inverse alone has lost digits where points are close.
        let at = |x: f64| first.iter().fold(0.0, |value, c| value * x + c);
        let rest: Vec<f64> = points.iter().zip(&values).map(|(&x, y)| y - at(x)).collect();
        let best: Vec<f64> = first.iter().zip(fitted(&rest)).map(|(c, more)| c + more).collect();
        let slope = move |gradient: Vec<f64>| -> Stack { vec![inverse.transpose() * column(&gradient)] };
        result::<Y, _>(y, &best, (Default::default(),), each(slope))
    }
}

fn column(values: &[f64]) -> Mat<f64> {
    Mat::from_fn(values.len(), 1, |i, _| values[i])
}

/// The pseudo-inverse of the powers of points, `count` a row, the highest first.
fn inverse_of_powers(points: &[f64], count: usize) -> Result<Mat<f64>, super::MatrixError> {
    let power = |i: usize, j: usize| points[i].powi((count - 1 - j) as i32);
    let size = |j: usize| {
        let squares: f64 = (0..points.len()).map(|i| power(i, j) * power(i, j)).sum();
        if squares > 0.0 { squares.sqrt() } else { 1.0 }
    };
    let sizes: Vec<f64> = (0..count).map(size).collect();
    let powers = Mat::from_fn(points.len(), count, |i, j| power(i, j) / sizes[j]);
    let inverse = pseudo::pseudo_inverses(&[powers], f64::EPSILON)?.remove(0);
    Ok(Mat::from_fn(count, points.len(), |j, i| inverse[(j, i)] / sizes[j]))
}
