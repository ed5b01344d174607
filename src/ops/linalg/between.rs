//! What two rows have between them: a distance, a cosine.
//!
//! Apart from the operations that ask for it because each is one row program: no square of a difference is ever stored,
//! which two-byte floats could not hold, and rows of any size are on a scale of their own.
#![allow(unreachable_pub, reason = "`program!` prints public types")]

use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{BackOfBoth, Both, Described, Differentiable, Ex, Given, Node, Op, SlopeRule, Work, materialise};
use crate::layout::count;
use crate::loops::{AlongLast, Combine, MAX_STATS, Reach, RowInput, RowProgram, Rows};
use crate::num::Num;
use crate::ops::reduce::moments::{AS_IT_IS, length, over, rescaled, squares_again};
use crate::ops::reduce::program;
use crate::shape::LastAxis;

type Values<V> = [V; MAX_STATS];

/// A number for each pair of rows, and its gradient.
pub trait PairFormula: Copy + 'static {
    /// The method.
    const NAME: &'static str;
    /// Gives the number.
    type Row: RowProgram;
    /// Finishes with the gradient of the first row, from both rows and the gradient of their number.
    type Back: RowProgram;
    /// Gives the number.
    fn row(self) -> Self::Row;
    /// The gradient of the first row, or with `swapped` operands of the second.
    fn back(self, swapped: bool) -> Self::Back;
}

/// Euclid's distance, `|x - y + eps|`.
#[derive(Clone, Copy)]
pub struct Distance {
    pub(in crate::ops) eps: f64,
}

impl PairFormula for Distance {
    const NAME: &'static str = "pairwise_distance";
    type Row = DistanceRow;
    type Back = DistanceBack;
    fn row(self) -> DistanceRow {
        DistanceRow { eps: self.eps }
    }
    fn back(self, swapped: bool) -> DistanceBack {
        DistanceBack { eps: if swapped { -self.eps } else { self.eps } }
    }
}

/// The cosine of the angle, `x · y / √((x² + eps) (y² + eps))`.
#[derive(Clone, Copy)]
pub struct Cosine {
    pub(in crate::ops) eps: f64,
}

impl PairFormula for Cosine {
    const NAME: &'static str = "cosine_similarity";
    type Row = CosineRow;
    type Back = CosineBack;
    fn row(self) -> CosineRow {
        CosineRow { eps: self.eps }
    }
    fn back(self, _: bool) -> CosineBack {
        CosineBack { eps: self.eps }
    }
}

/// The difference on the row's scale: large numbers are brought down before it, small ones up after it.
#[cfg_attr(optimised, inline(always))]
fn difference<V: Num>(x: Values<V>, s: Values<V>, eps: f64) -> V {
    let scale = s[2];
    let difference = V::select_gt(V::c(1.0), scale, x[0] * scale - x[1] * scale, (x[0] - x[1]) * scale);
    difference + scale * eps
}

/// Its square.
#[cfg_attr(optimised, inline(always))]
fn squared<V: Num>(x: Values<V>, s: Values<V>, eps: f64) -> V {
    let difference = difference(x, s, eps);
    difference * difference
}

program! {
    /// The root of the sum of squares of differences.
    DistanceRow { eps: f64 } 1 passes, from AS_IT_IS;
    combine [Combine::Sum];
    term |self, _pass, x, s| squared(x, s, self.eps);
    again 2 |self, s, len, reach| squares_again(s, V::c(len), reach);
    settle |self, s, _len| [s[0].sqrt() / s[2], s[1], s[2], s[3], s[4]];
}

program! {
    /// `dy · (x - y) / distance`; 0 where rows are equal.
    DistanceBack { eps: f64 } 1 passes, from AS_IT_IS;
    combine [Combine::Sum];
    term |self, _pass, x, s| squared(x, s, self.eps);
    again 2 |self, s, len, reach| squares_again(s, V::c(len), reach);
    settle |self, s, _len| [over(s[0].sqrt()), s[1], s[2], s[3], s[4]];
    finish |self, x, s| difference(x, s, self.eps) * s[0] * x[2];
}

/// The numbers of a cosine: two sums of squares, one of products, the scales of both rows.
const APART: Values<f64> = [0.0, 0.0, 0.0, 1.0, 1.0];

#[cfg_attr(optimised, inline(always))]
fn product<V: Num>(pass: usize, x: Values<V>, s: Values<V>) -> V {
    let (x, y) = (x[0] * s[3], x[1] * s[4]);
    match pass {
        0 => x * x,
        1 => y * y,
        _ => x * y,
    }
}

#[cfg_attr(optimised, inline(always))]
fn both_again<V: Num>(s: Values<V>, len: f64, reach: Reach) -> (V, Values<V>) {
    let (zero, one) = (V::c(0.0), V::c(1.0));
    let (left, right) = (rescaled(s[0], zero, s[3], V::c(len), reach), rescaled(s[1], zero, s[4], V::c(len), reach));
    let moved = V::select_eq(left, s[3], V::select_eq(right, s[4], zero, one), one);
    (moved, [zero, zero, zero, left, right])
}

/// One over a length, on its scale.
#[cfg_attr(optimised, inline(always))]
fn one_over<V: Num>(squares: V, scale: V, eps: f64) -> V {
    over(length(squares.sqrt(), V::c(eps.sqrt()) * scale))
}

/// One over each length, and the cosine.
#[cfg_attr(optimised, inline(always))]
fn cosine<V: Num>(s: Values<V>, eps: f64) -> Values<V> {
    let (left, right) = (one_over(s[0], s[3], eps), one_over(s[1], s[4], eps));
    [left, right, s[2] * left * right, s[3], s[4]]
}

program! {
    /// The cosine.
    CosineRow { eps: f64 } 3 passes, from APART;
    combine [Combine::Sum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| product(pass, x, s);
    again 2 |self, s, len, reach| both_again(s, len, reach);
    settle |self, s, _len| cosine(s, self.eps);
}

program! {
    /// `dy · (y / |y| - cosine · x / |x|) / |x|`.
    CosineBack { eps: f64 } 3 passes, from APART;
    combine [Combine::Sum, Combine::Sum, Combine::Sum];
    term |self, pass, x, s| product(pass, x, s);
    again 2 |self, s, len, reach| both_again(s, len, reach);
    settle |self, s, _len| cosine(s, self.eps);
    finish |self, x, s| {
        let (left, right) = (x[0] * s[3] * s[0], x[1] * s[4] * s[1]);
        (right - s[2] * left) * (s[0] * s[3]) * x[2]
    };
}

/// The backward of a number for each pair of rows.
pub struct BetweenBack<E, P> {
    values: [Buf<E>; 2],
    program: P,
}

impl<E: 'static, P: PairFormula> Described for BetweenBack<E, P> {
    const NAME: &'static str = P::NAME;
    const KIND: Work = Work::RowFormula;
}

/// A number for each pair of rows along the last axis of two operands of one shape.
pub(in crate::ops) fn between<S, E, D, A, B, P>(
    program: P,
    a: Ex<S, E, D, A>,
    b: Ex<S, E, D, B>,
) -> Ex<S::Init, E, D, Op<S::Init, E, BackOfBoth<S, A, S, B, BetweenBack<E, P>>>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    A: Node<E>,
    B: Node<E>,
    P: PairFormula,
{
    let (device, shape) = (a.device, a.shape);
    let values = [materialise(device, &a.node, shape), materialise(device, &b.node, shape)];
    let inputs = values.each_ref().map(RowInput::Elements);
    let out = device.fold_rows(rows_of(shape), AlongLast(program.row()), &inputs);
    a.ruled_with(b.given(), out, shape.init(), BetweenBack { values, program })
}

#[track_caller]
fn rows_of<S: LastAxis>(shape: S) -> Rows {
    Rows::new(count(shape.init()), shape.last().size(), 1)
}

impl<S, E, A, B, P> SlopeRule<E, Both<Given<S, A>, Given<S, B>>> for BetweenBack<E, P>
where
    S: LastAxis,
    E: Real,
    A: Differentiable<E>,
    B: Differentiable<E>,
    P: PairFormula,
{
    fn slopes<D: Device>(
        self,
        device: D,
        operands: &Both<Given<S, A>, Given<S, B>>,
        gradient: Buf<E>,
        _: Buf<E>,
    ) -> [Option<Buf<E>>; 2] {
        let ([x, y], rows) = (self.values.each_ref().map(RowInput::Elements), rows_of(operands.0.shape));
        let slope = |x, y, swapped: bool| {
            let program = AlongLast(self.program.back(swapped));
            device.map_rows(rows, program, &[x, y, RowInput::PerRow(&gradient)])
        };
        let [of_a, of_b] = operands.wanted();
        [of_a.then(|| slope(x, y, false)), of_b.then(|| slope(y, x, true))]
    }
}
