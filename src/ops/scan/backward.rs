//! Running formulas of floats run along rows, and their gradients, which run back along the same rows.
//!
//! Apart from the formulas because a gradient is made of several; none divides: zeros in a product have their slope.

use super::formulas::{
    LaterProducts, LaterShares, PartsOfGradient, RunningLogSumExp, RunningMaximum, RunningProduct, RunningSum,
    RunningSumFromEnd, TimesBefore,
};
use super::product::{middling, unrolled};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Described, Differentiable, Ex, Given, Node, Operand, Ruled, SlopeRule, Work};
use crate::loops::Rows;
use crate::shape::Shape;
use std::marker::PhantomData;

/// What a running formula gives.
pub type RunningOf<X, B> = Ruled<X, <X as Operand>::S, RunningBack<<X as Operand>::E, B>>;

/// The gradient of a running formula along rows.
pub trait Unroll: Copy + 'static {
    /// The method.
    const NAME: &'static str;
    /// Whether it needs the elements and the values.
    const VALUES: bool;
    /// The gradient of the elements, from the elements, the values and their gradient.
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, elements: [&Buf<E>; 3]) -> Buf<E>;
}

/// A running formula that is told by its backward.
pub trait RunsForward: Unroll {
    /// The values along rows.
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E>;
}
impl RunsForward for RunningSumBack {
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E> {
        device.scan_rows(rows, RunningSum, &[values])
    }
}
impl RunsForward for RunningProductBack {
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E> {
        device.scan_rows(rows, RunningProduct, &[values])
    }
}
impl RunsForward for RunningLogSumExpBack {
    fn forward<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>) -> Buf<E> {
        device.scan_rows(rows, RunningLogSumExp, &[values])
    }
}

/// The rule of a running formula.
pub struct RunningBack<E, B> {
    rows: Rows,
    values: Option<Buf<E>>,
    unroll: PhantomData<B>,
}

impl<E: 'static, B: Unroll> Described for RunningBack<E, B> {
    const NAME: &'static str = B::NAME;
    const KIND: Work = Work::RunningFormula;
}

/// Runs a formula along rows of floats, and its gradient back.
pub(super) fn run<X, B: RunsForward>(x: X, along: impl FnOnce(X::S) -> Rows) -> RunningOf<X, B>
where
    X: Operand<E: Real, N: Node<X::E>>,
{
    let x = x.ex();
    let rows = along(x.shape);
    scan(x, rows)
}

/// The same of rows that are known.
#[track_caller]
pub(super) fn scan<S: Shape, E: Real, D: Device, N: Node<E>, B: RunsForward>(
    x: Ex<S, E, D, N>,
    rows: Rows,
) -> RunningOf<Ex<S, E, D, N>, B> {
    let (values, shape) = (x.materialise(), x.shape);
    let out = B::forward(x.device, rows, &values);
    x.ruled(out, shape, RunningBack { rows, values: B::VALUES.then_some(values), unroll: PhantomData })
}

impl<S: Shape, E: Real, N: Differentiable<E>, B: Unroll> SlopeRule<E, Given<S, N>> for RunningBack<E, B> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let elements = self.values.as_ref().unwrap_or(&gradient);
        B::unroll(device, self.rows, [elements, &out, &gradient])
    }
}

/// The backward of [`cumsum_axis`](crate::ops::Running::cumsum_axis): a running sum from the end.
#[derive(Clone, Copy)]
pub struct RunningSumBack;

impl Unroll for RunningSumBack {
    const NAME: &'static str = "cumsum_axis";
    const VALUES: bool = false;
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, [_, _, gradient]: [&Buf<E>; 3]) -> Buf<E> {
        device.scan_rows(rows, RunningSumFromEnd, &[gradient])
    }
}

/// The backward of [`cumprod_axis`](crate::ops::Running::cumprod_axis): what an element does to all later products,
/// per unit of those before it, times those before it.
#[derive(Clone, Copy)]
pub struct RunningProductBack;

impl Unroll for RunningProductBack {
    const NAME: &'static str = "cumprod_axis";
    const VALUES: bool = true;
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, [x, y, gradient]: [&Buf<E>; 3]) -> Buf<E> {
        if middling(device, y) && middling(device, gradient) {
            let later = device.scan_rows(rows, LaterProducts, &[x, gradient]);
            return device.scan_rows(rows, TimesBefore, &[&later, y]);
        }
        let [x, gradient] = [x, gradient].map(|buf| device.download(buf));
        device.upload(&unrolled(rows, &x, &gradient))
    }
}

/// The backward of [`logcumsumexp_axis`](crate::ops::Running::logcumsumexp_axis). The value is rounded: beside large
/// elements it has lost what tells the shares. So they are made of the largest element so far, and of the sum beside
/// it.
#[derive(Clone, Copy)]
pub struct RunningLogSumExpBack;

impl Unroll for RunningLogSumExpBack {
    const NAME: &'static str = "logcumsumexp_axis";
    const VALUES: bool = true;
    fn unroll<E: Real, D: Device>(device: D, rows: Rows, [x, _, gradient]: [&Buf<E>; 3]) -> Buf<E> {
        let [x, gradient] = [x, gradient].map(|buf| device.convert::<E, E::Precise>(buf));
        let max = device.scan_rows(rows, RunningMaximum, &[&x]);
        let parts = device.scan_rows(rows, PartsOfGradient, &[&x, &gradient]);
        device.convert(&device.scan_rows(rows, LaterShares, &[&x, &max, &parts]))
    }
}
