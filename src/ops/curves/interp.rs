//! A function between points: straight lines, NumPy's `interp`.

use crate::device::SameDevice;
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, OrRaise, raise};
use crate::graph::Operand;
use crate::ops::on_host::{OnHostOfBoth, numbers, read, read_other, result_of_both};
use crate::ops::{FloatingNode, NodeOver};
use crate::shape::{EachPoint, Mismatch};
use crate::tensor::{Tensor, VectorShape};

/// Interpolation.
pub trait Interpolating: Operand + Sized {
    /// The values at the elements of this tensor of the function that is `fp` at the points `xp` and straight between
    /// them; `fp`'s ends beyond the ends. NumPy's `interp(x, xp, fp)`, of tensors `x` of any shape.
    ///
    /// At and right of `xp[i]` the slope is `(fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i])`: `dx` is `dy` times it, 0
    /// beyond the ends, and `dfp` is shared between the neighbours by distance. NaN gives NaN. Beside infinities it is
    /// NumPy's: what the slope gives from the left point, or if that is NaN from the right one, or what both are.
    /// Points that do not increase raise [`Error::Value`], no points [`Error::Empty`], another number of points than of
    /// values [`Error::Sizes`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let (xp, fp) = (Cpu.tensor([1.0, 2.0, 4.0]), Cpu.tensor([10.0, 20.0, 0.0]));
    /// let x = Cpu.tensor([0.0, 1.5, 3.0, 9.0]);
    /// assert_eq!(x.interp(&xp, &fp).eval().as_slice(), [10.0, 15.0, 10.0, 0.0]);
    /// ```
    #[track_caller]
    fn interp<P, F>(self, xp: &Tensor<(P,), Self::E, Self::D>, fp: F) -> OnHostOfBoth<Self, F, Self::S>
    where
        Self::E: FloatingNode<Self::N> + Real,
        F: Operand<S: VectorShape, N: NodeOver<Self::E, F::E>>,
        P: Dim + EachPoint<<F::S as VectorShape>::Length>,
        Self::D: SameDevice<F::D>,
    {
        let (x, at) = read(self);
        let (fp, values) = read_other::<Self, F>(x.device, fp);
        let points = numbers(xp.device, &xp.buf);
        checked(&points, values.len()).or_raise();
        if points.len() != values.len() {
            raise(Mismatch::new("interp", xp.shape, fp.shape).into());
        }
        let pieces: Vec<Piece> = at.iter().map(|&x| Piece::of(x, &points)).collect();
        let out: Vec<f64> = at.iter().zip(&pieces).map(|(&x, piece)| piece.value(x, &points, &values)).collect();
        let shape = x.shape;
        result_of_both::<Self, F, _>(x, fp, &out, shape, move |gradient, wanted| {
            let each = || gradient.iter().zip(&at).zip(&pieces);
            let by_x = || each().map(|((dy, _), piece)| dy * piece.slope(&points, &values)).collect();
            let by_fp = || {
                let mut sums = vec![0.0; values.len()];
                each().for_each(|((dy, &x), piece)| piece.share(*dy, x, &points, &mut sums));
                sums
            };
            [wanted[0].then(by_x), wanted[1].then(by_fp)]
        })
    }
}
impl<X: Operand> Interpolating for X {}

fn checked(points: &[f64], values: usize) -> Result<(), Error> {
    if points.is_empty() || values == 0 {
        return Err(Error::Empty { what: "interp: the list of points".into() });
    }
    match points.windows(2).position(|pair| pair[0] >= pair[1] || pair.iter().any(|x| x.is_nan())) {
        None if points[0].is_nan() => {
            Err(Error::Value { what: "interp", found: "NaN".into(), rule: "the points must increase" })
        }
        None => Ok(()),
        Some(at) => {
            let found = format!("{} after {}, at position {}", points[at + 1], points[at], at + 1);
            Err(Error::Value { what: "interp", found, rule: "the points must increase" })
        }
    }
}

/// Where a number lies among the points.
#[derive(Clone, Copy)]
enum Piece {
    /// Beyond the ends, or on the last point: the value of this point.
    Constant(usize),
    /// At or behind this point, before the next.
    Between(usize),
    /// NaN.
    Nowhere,
}

impl Piece {
    fn of(x: f64, points: &[f64]) -> Self {
        let last = points.len() - 1;
        match points.partition_point(|&point| point <= x) {
            _ if x.is_nan() => Piece::Nowhere,
            0 => Piece::Constant(0),
            behind if behind > last => Piece::Constant(last),
            behind => Piece::Between(behind - 1),
        }
    }

    /// A point itself has its value, whatever the slope is.
    fn value(self, x: f64, points: &[f64], values: &[f64]) -> f64 {
        match self {
            Piece::Nowhere => f64::NAN,
            Piece::Constant(at) => values[at],
            Piece::Between(at) if points[at] == x => values[at],
            Piece::Between(at) => between(x, [points[at], points[at + 1]], [values[at], values[at + 1]]),
        }
    }

    fn slope(self, points: &[f64], values: &[f64]) -> f64 {
        match self {
            Piece::Nowhere => f64::NAN,
            Piece::Constant(_) => 0.0,
            Piece::Between(at) if values[at] == values[at + 1] => 0.0,
            Piece::Between(at) => quotient([values[at], values[at + 1]], [points[at], points[at + 1]]),
        }
    }

    /// Shares a gradient between the values that the result was made of.
    fn share(self, gradient: f64, x: f64, points: &[f64], sums: &mut [f64]) {
        match self {
            Piece::Nowhere => {}
            Piece::Constant(at) => sums[at] += gradient,
            Piece::Between(at) => {
                let weight = part(x, [points[at], points[at + 1]]);
                sums[at] += gradient * (1.0 - weight);
                sums[at + 1] += gradient * weight;
            }
        }
    }
}

/// NumPy's formula. Where one of its numbers leaves the range between finite points, the mean of their values instead,
/// weighted by distance.
fn between(x: f64, points: [f64; 2], values: [f64; 2]) -> f64 {
    let slope = (values[1] - values[0]) / (points[1] - points[0]);
    let by = |at: usize| slope * (x - points[at]) + values[at];
    let finite = points.iter().chain(&values).all(|end| end.is_finite());
    match (by(0), by(1)) {
        _ if finite && !slope.is_normal() && values[0] != values[1] => {
            let weight = part(x, points);
            values[0] * (1.0 - weight) + values[1] * weight
        }
        (left, right) if left.is_nan() && right.is_nan() && values[0] == values[1] => values[0],
        (left, right) => {
            if left.is_nan() {
                right
            } else {
                left
            }
        }
    }
}

/// How far a number is from the one point to the other, from 0 to 1; beside an infinity at the other.
fn part(x: f64, points: [f64; 2]) -> f64 {
    match points {
        [left, _] if x == left => 0.0,
        [f64::NEG_INFINITY, right] if right.is_finite() => 1.0,
        [left, _] => quotient([left, x], points),
    }
}

/// The one difference over the other, in halves where a difference of finite numbers is beyond the range.
fn quotient(rise: [f64; 2], run: [f64; 2]) -> f64 {
    let less = |[a, b]: [f64; 2], by: f64| b * by - a * by;
    let whole = [less(rise, 1.0), less(run, 1.0)];
    let beyond = |ends: [f64; 2], less: f64| less.is_infinite() && ends.iter().all(|end| end.is_finite());
    match whole {
        [up, right] if beyond(rise, up) || beyond(run, right) => less(rise, 0.5) / less(run, 0.5),
        [up, right] => up / right,
    }
}
