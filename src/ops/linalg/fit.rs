//! The polynomial that fits points best.
//!
//! Apart from `least`, whose matrices are given: here they are the powers of points.

use super::back::{MatrixOf, each, heard, result};
use super::host::{Stack, download, flat};
use super::pseudo;
use super::shift::{exponent, shifted};
use crate::device::{Device, SameDevice};
use crate::dims::{AddDim, Added, D, Dim};
use crate::dtype::Real;
use crate::error::{Error, OrRaise, raise};
use crate::graph::Operand;
use crate::ops::{FloatingNode, whole};
use crate::shape::{EachPoint, Mismatch, Shape};
use crate::tensor::{Tensor, VectorShape};
use faer::Mat;
use std::f64::consts::SQRT_2;

/// What [`polyfit`](Tensor::polyfit) gives: a coefficient more than the degree `G`.
pub type FitOf<Y, G> = MatrixOf<Y, (Added<G, D<1>>,)>;

impl<S: Shape, E: Real, Own: Device> Tensor<S, E, Own> {
    /// The coefficients, highest power first, of the polynomial of a degree that comes nearest to the values `y` at
    /// these points: the sum of the squares of the distances is least. NumPy's `polyfit(x, y, degree)`; feature
    /// `linalg`.
    ///
    /// Computed in `f64` by the singular values of the powers, each of which is on a scale of its own; of several best
    /// ones the one of smallest coefficients on these. The gradient is that of the values. NaN and infinities among the
    /// values give such coefficients; among the points, they raise [`Error::Value`], and so does a coefficient beyond
    /// the range of the type, as those of high powers of small points are. Coefficients below it are 0. Other numbers
    /// of points than of values raise [`Error::Sizes`].
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
        finite(&points).or_raise();
        let (points, point_scale) = near_one(points);
        let (values, value_scale) = near_one(values);
        powers_in_range(&points, degree.size()).or_raise();
        let inverse = heard(inverse_of_powers(&points, degree.size() + 1));
        let fitted = |values: &[f64]| flat(&[&inverse * column(values)]);
        let first = fitted(&values);
        // Once more for what is left of the values: an inverse alone has lost digits where points are close.
        let at = |x: f64| first.iter().fold(0.0, |value, c| value * x + c);
        let rest: Vec<f64> = points.iter().zip(&values).map(|(&x, y)| y - at(x)).collect();
        let best = first.iter().zip(fitted(&rest)).map(|(c, more)| c + more);
        // Where the points are over 2ᵉ, the coefficient of power `k` is over 2⁻ᵉᵏ.
        let scale = move |j: usize| -point_scale.saturating_mul((degree.size() - j) as i32);
        let whole = |(j, c)| -> f64 { in_range::<Y::E>(c, scale(j).saturating_add(value_scale), degree.size() - j) };
        let best: Vec<f64> = best.enumerate().map(whole).collect();
        let slope = move |gradient: Vec<f64>| -> Stack {
            let gradient: Vec<f64> = gradient.iter().enumerate().map(|(j, &dy)| shifted(dy, scale(j))).collect();
            vec![inverse.transpose() * column(&gradient)]
        };
        result::<Y, _>(y, &best, (Default::default(),), each(slope))
    }
}

fn column(values: &[f64]) -> Mat<f64> {
    Mat::from_fn(values.len(), 1, |i, _| values[i])
}

/// Numbers over a power of two, the largest of them near 1, and its exponent.
fn near_one(mut values: Vec<f64>) -> (Vec<f64>, i32) {
    let largest = values.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if !largest.is_finite() {
        return (values, 0);
    }
    // From √½ to √2: neither a thousandth power nor its square leaves the range.
    let least = exponent(largest);
    let by = if shifted(largest, -least) > SQRT_2 { least + 1 } else { least };
    values.iter_mut().for_each(|x| *x = shifted(*x, -by));
    (values, by)
}

fn finite(points: &[f64]) -> Result<(), Error> {
    match points.iter().position(|x| !x.is_finite()) {
        None => Ok(()),
        Some(at) => {
            let found = format!("{} at position {at}", points[at]);
            Err(Error::Value { what: "polyfit", found, rule: "the points must be finite" })
        }
    }
}

/// The highest power of points that are near one.
fn powers_in_range(points: &[f64], degree: usize) -> Result<(), Error> {
    let largest = points.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if largest == 0.0 || i32::try_from(degree).is_ok_and(|degree| largest.powi(degree).is_normal()) {
        return Ok(());
    }
    let found = format!("degree {degree}");
    Err(Error::Value { what: "polyfit", found, rule: "the powers of the points must be within the range of `f64`" })
}

/// `c · 2ᵉ`, which the element type must hold.
#[track_caller]
fn in_range<E: Real>(c: f64, exponent: i32, power: usize) -> f64 {
    let whole = shifted(c, exponent);
    if c.is_finite() && !E::of_f64(whole).as_f64().is_finite() {
        let found = format!("{} as the coefficient of power {power}", E::of_f64(whole).as_f64());
        raise(Error::Value { what: "polyfit", found, rule: "it must be within the range of the type" });
    }
    whole
}

/// The pseudo-inverse of the powers of points, `count` a row, the highest first.
fn inverse_of_powers(points: &[f64], count: usize) -> Result<Mat<f64>, super::MatrixError> {
    let power = |i: usize, j: usize| points[i].powi((count - 1 - j) as i32);
    // Over the largest, since squares of high powers leave the range before these do.
    let size = |j: usize| {
        let largest = (0..points.len()).fold(0.0, |most: f64, i| most.max(power(i, j).abs()));
        let squares: f64 = (0..points.len()).map(|i| power(i, j) / largest).map(|x| x * x).sum();
        if largest > 0.0 { largest * squares.sqrt() } else { 1.0 }
    };
    let sizes: Vec<f64> = (0..count).map(size).collect();
    let powers = Mat::from_fn(points.len(), count, |i, j| power(i, j) / sizes[j]);
    let inverse = pseudo::pseudo_inverses(&[powers], f64::EPSILON)?.remove(0);
    Ok(Mat::from_fn(count, points.len(), |j, i| inverse[(j, i)] / sizes[j]))
}
