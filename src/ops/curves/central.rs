//! Slopes of a function that is given by its values at steps.
//!
//! Apart from `diff`, which has an element less: here each value has a slope, by its neighbours on both sides.

use crate::error::{Error, raise};
use crate::graph::Operand;
use crate::ops::FloatingNode;
use crate::ops::on_host::{OnHost, numbers, read, result};
use crate::shape::{AxisAt, Shape};
use crate::tensor::Tensor;

/// Differences of the neighbours on both sides.
pub trait CentralDifferences: Operand + Sized {
    /// The slope at each place along axis `I`, whose places are `spacing` apart: `(x[i + 1] - x[i - 1]) / (2 spacing)`,
    /// and at the ends the difference from the one neighbour. NumPy's and PyTorch's `gradient` of values, which has
    /// nothing to do with the gradients of training.
    ///
    /// `dx` is the transpose of that. NaN spreads to its neighbours. An axis of fewer than two elements raises
    /// [`Error::Value`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([0.0, 1.0, 4.0, 9.0]);
    /// assert_eq!(x.central_diff::<0>(0.5).eval().as_slice(), [2.0, 4.0, 8.0, 10.0]);
    /// ```
    #[doc(alias = "gradient")]
    #[track_caller]
    fn central_diff<const I: isize>(self, spacing: f64) -> OnHost<Self, Self::S>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<I>,
    {
        differences::<I, Self>(self, |_| Steps::Even(spacing))
    }

    /// [`central_diff`](CentralDifferences::central_diff) at places of any distance, which `at` tells, in second order:
    /// with `a` to the place before and `b` to the next,
    /// `(a² x[i + 1] + (b² - a²) x[i] - b² x[i - 1]) / (a b (a + b))`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let at = Cpu.tensor([0.0, 1.0, 3.0, 4.0]);
    /// let x = at.square().eval();
    /// assert_eq!(x.central_diff_at::<0>(&at).eval().as_slice(), [1.0, 2.0, 6.0, 7.0]);
    /// ```
    #[track_caller]
    fn central_diff_at<const I: isize>(
        self,
        at: &Tensor<(<Self::S as AxisAt<I>>::At,), Self::E, Self::D>,
    ) -> OnHost<Self, Self::S>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<I>,
    {
        differences::<I, Self>(self, |len| {
            let at = numbers(at.device, &at.buf);
            if at.len() != len {
                let found = format!("{} places for {len} elements", at.len());
                raise(Error::Value { what: "central_diff_at", found, rule: "each element has a place" });
            }
            Steps::Uneven(at.windows(2).map(|pair| pair[1] - pair[0]).collect())
        })
    }
}
impl<X: Operand> CentralDifferences for X {}

/// How far neighbours are apart.
enum Steps {
    Even(f64),
    Uneven(Vec<f64>),
}

impl Steps {
    /// What the slope at place `i` takes of the element before, of the one there and of the next.
    fn weights(&self, i: usize, len: usize) -> [f64; 3] {
        match self {
            Steps::Even(h) if i == 0 => [0.0, -1.0 / h, 1.0 / h],
            Steps::Even(h) if i + 1 == len => [-1.0 / h, 1.0 / h, 0.0],
            Steps::Even(h) => [-0.5 / h, 0.0, 0.5 / h],
            Steps::Uneven(steps) if i == 0 => [0.0, -1.0 / steps[0], 1.0 / steps[0]],
            Steps::Uneven(steps) if i + 1 == len => [-1.0 / steps[i - 1], 1.0 / steps[i - 1], 0.0],
            Steps::Uneven(steps) => {
                let [a, b] = [steps[i - 1], steps[i]];
                // Two quotients, the larger number first: products of steps leave the range.
                let (small, large) = if a.abs() < b.abs() { (a, b) } else { (b, a) };
                [-(b / (a + b)) / a, (b - a) / large / small, a / (a + b) / b]
            }
        }
    }

    /// The slope; of even steps by NumPy's formula to the last bit, unless the formula leaves the range.
    fn slope(&self, x: &[f64], line: Line, i: usize) -> f64 {
        let at = |i: usize| x[line.start + i * line.step];
        match self {
            Steps::Even(h) if i == 0 => (at(1) - at(0)) / h,
            Steps::Even(h) if i + 1 == line.len => (at(i) - at(i - 1)) / h,
            Steps::Even(h) => match (at(i + 1) - at(i - 1), 2.0 * h) {
                (rise, run) if rise.is_finite() && run.is_finite() => rise / run,
                _ => (at(i + 1) / 2.0 - at(i - 1) / 2.0) / h,
            },
            Steps::Uneven(_) => {
                let weights = self.weights(i, line.len);
                let inside = (0..3).filter(|k| (1..=line.len).contains(&(i + k)));
                inside.map(|k| weights[k] * at(i + k - 1)).sum()
            }
        }
    }
}

/// A line of elements along the axis.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    step: usize,
    len: usize,
}

/// All lines along axis `I`.
fn lines<const I: isize, S: AxisAt<I>>(shape: S) -> Vec<Line> {
    let dims = shape.dims();
    let (len, step) = (dims[S::INDEX], dims[S::INDEX + 1..].iter().product::<usize>());
    let outer: usize = if len == 0 { 0 } else { dims[..S::INDEX].iter().product() };
    (0..outer).flat_map(|block| (0..step).map(move |k| Line { start: block * len * step + k, step, len })).collect()
}

#[track_caller]
fn differences<const I: isize, X>(x: X, steps: impl FnOnce(usize) -> Steps) -> OnHost<X, X::S>
where
    X: Operand<E: FloatingNode<X::N>>,
    X::S: AxisAt<I>,
{
    let (x, values) = read(x);
    let len = x.shape.dims()[<X::S as AxisAt<I>>::INDEX];
    if len < 2 {
        let found = format!("an axis of {len} elements");
        raise(Error::Value { what: "central_diff", found, rule: "a slope needs two" });
    }
    let (steps, lines) = (steps(len), lines::<I, _>(x.shape));
    let mut out = vec![0.0; values.len()];
    for &line in &lines {
        (0..len).for_each(|i| out[line.start + i * line.step] = steps.slope(&values, line, i));
    }
    let shape = x.shape;
    result::<X, _>(x, &out, shape, move |gradient| {
        let mut sums = vec![0.0; gradient.len()];
        for line in lines {
            for i in 0..len {
                let (weights, dy) = (steps.weights(i, len), gradient[line.start + i * line.step]);
                for k in (0..3).filter(|k| (1..=len).contains(&(i + k))) {
                    sums[line.start + (i + k - 1) * line.step] += weights[k] * dy;
                }
            }
        }
        sums
    })
}
