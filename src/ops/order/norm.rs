//! Norms, and sums and means that leave out NaN.
//!
//! Apart from `reduce`, because these are not for every set of axes yet, and each element's own kind decides about it.

use super::elements::{Along, forms};
use crate::device::{Buf, Combine, Device, MAX_STATS, RowInput, RowProgram, Rows};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Ex, Lazy, Node, Op, Operand, Pullback, materialise};
use crate::num::Num;
use crate::ops::reduce::program;
use crate::shape::Shape;

type Values<V> = [V; MAX_STATS];

/// What a fold of rows of `X` gives, under shape `S`.
pub type FoldOf<X, S, B> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    Op<S, <X as Operand>::E, FoldBack<<X as Operand>::S, <X as Operand>::E, <X as Operand>::N, B>>,
>;

/// What [`norm`](Norms::norm) gives.
pub type NormOf<X, S> = FoldOf<X, S, NormBack>;

/// What [`nansum`](Norms::nansum) and [`nanmean`](Norms::nanmean) give.
pub type WithoutNanOf<X, S> = FoldOf<X, S, WithoutNanBack>;

forms! {
    /// Norms, and sums that leave out NaN, over all elements or along one axis.
    Norms

    /// The p-norm of a vector. `y = (Σ |x|ᵖ)^(1/p)`, `dx = dy · sign x · (|x| / y)ᵖ⁻¹`; `f64::INFINITY` gives the
    /// largest `|x|`, whose ties share `dy`; 0 counts what is not 0. Neither overflows nor underflows on the way.
    /// The gradient is 0 where all elements are 0. 0 when empty, NaN when one is NaN; a negative `p` raises
    /// [`Error::Value`].
    norm(p: f64) -> NormOf by norm where [Self::E: Real, Self::N: Node<Self::E>],
        "let x = Cpu.tensor([[3.0, 4.0], [0.0, -2.0]]);\n\
         assert_eq!(x.norm_axis::<1>(2.0).eval().as_slice(), [5.0, 2.0]);\n\
         assert_eq!(x.norm(1.0).eval().item(), 9.0);\n\
         assert_eq!(x.norm(f64::INFINITY).eval().item(), 4.0);";
    /// Sum of the elements that are not NaN. `dx = dy`, and 0 where `x` is NaN; 0 when there are none.
    nansum() -> WithoutNanOf by nansum where [Self::E: Real, Self::N: Node<Self::E>],
        "assert_eq!(Cpu.tensor([1.0, f32::NAN, 2.0]).nansum().eval().item(), 3.0);";
    /// Mean of the elements that are not NaN. `dx = dy / n` for `n` such elements, and 0 where `x` is NaN; NaN when
    /// there are none.
    nanmean() -> WithoutNanOf by nanmean where [Self::E: Real, Self::N: Node<Self::E>],
        "assert_eq!(Cpu.tensor([1.0, f32::NAN, 2.0]).nanmean().eval().item(), 1.5);";
}

#[track_caller]
fn norm<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>, p: f64) -> NormOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    if p.is_nan() || p < 0.0 {
        raise(Error::Value { what: "the p of a norm", found: p.to_string(), rule: "it is 0 or more" });
    }
    fold(x, along, NormRow { p }, NormBack { p })
}

fn nansum<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> WithoutNanOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    fold(x, along, WithoutNan { mean: false }, WithoutNanBack { mean: false })
}

fn nanmean<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> WithoutNanOf<X, S>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
{
    fold(x, along, WithoutNan { mean: true }, WithoutNanBack { mean: true })
}

fn fold<X, S, P, B>(x: X, along: impl FnOnce(X::S) -> Along<S>, program: P, back: B) -> FoldOf<X, S, B>
where
    X: Operand<E: Real, N: Node<X::E>>,
    S: Shape,
    P: RowProgram,
    B: RowProgram,
{
    let Ex { node, shape, device, .. } = x.ex();
    let Along { rows, shape: out_shape, .. } = along(shape);
    let values = materialise(device, &node, shape);
    let out = device.fold_rows(rows, program, &[RowInput::Elements(&values)]);
    let back = FoldBack { x: node, shape, rows, values, program: back };
    Ex::new(Op::new(out, out_shape, back), out_shape, device)
}

/// The backward of a fold of rows: a program over the elements, the row's gradient and its value.
pub struct FoldBack<S, E, N, B> {
    x: N,
    shape: S,
    rows: Rows,
    values: Buf<E>,
    program: B,
}

impl<S: Shape, E: Real, N: Lazy<E>, B: RowProgram> Pullback<E> for FoldBack<S, E, N, B> {
    type Grad = N::Grad;
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>) {
        let inputs = [RowInput::Elements(&self.values), RowInput::PerRow(&gradient), RowInput::PerRow(&out)];
        let slope = device.map_rows(self.rows, self.program, &inputs);
        self.x.accept(device, self.shape, slope);
    }
    fn live(&self) -> bool {
        self.x.live()
    }
}

/// `|x|ᵖ` for the numbers from 0 to 1 that a norm is made of.
#[inline(always)]
fn power<V: Num>(size: V, p: f64) -> V {
    if p == 1.0 || p == f64::INFINITY {
        size
    } else if p == 2.0 {
        size * size
    } else {
        size.powf(V::c(p))
    }
}

program! {
    /// The largest `|x|`, then the norm of what it divides.
    NormRow { p: f64 } 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 {
        x[0].abs()
    } else if self.p == 0.0 {
        V::select_eq(x[0], V::c(0.0), V::c(0.0), V::c(1.0))
    } else if self.p == f64::INFINITY {
        V::c(0.0) // the first pass has it
    } else {
        power(x[0].abs() / s[0], self.p)
    };
    close |self, pass, total, _len, s| if pass == 0 && self.p != f64::INFINITY {
        // 0 and infinity divide nothing.
        let size = V::select_gt(total, V::c(0.0), total, V::c(1.0));
        V::select_eq(total.is_inf(), V::c(1.0), V::c(1.0), size)
    } else if pass == 0 {
        total.maximum(V::c(0.0)) // of no elements it is -inf
    } else if self.p == 0.0 {
        total
    } else if self.p == f64::INFINITY {
        s[0]
    } else if self.p == 1.0 {
        total * s[0]
    } else if self.p == 2.0 {
        total.sqrt() * s[0]
    } else {
        total.powf(V::c(1.0 / self.p)) * s[0]
    };
}

program! {
    /// How many are as large as the norm; finishes with `dy · sign x · (|x| / y)ᵖ⁻¹`.
    NormBack { p: f64 } 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| V::select_eq(x[0].abs(), x[2], V::c(1.0), V::c(0.0));
    finish |self, x, s| {
        let [x, g, y] = x;
        let zero = V::c(0.0);
        let slope = if self.p == 0.0 {
            zero
        } else if self.p == 1.0 {
            g
        } else if self.p == f64::INFINITY {
            V::select_eq(x.abs(), y, g / s[0], zero)
        } else {
            power(x.abs() / y, self.p - 1.0) * g
        };
        // 0 has no direction; where all are 0 the formula would divide by it.
        V::select_eq(x, zero, zero, slope * x.sign())
    };
}

/// `x`, and 0 where it is NaN.
#[inline(always)]
fn or_zero<V: Num>(x: V) -> V {
    V::select_eq(x, x, x, V::c(0.0))
}

program! {
    /// How many are not NaN, then their sum or mean.
    WithoutNan { mean: bool } 2 passes;
    combine [Combine::Sum, Combine::Sum];
    term |self, pass, x, _s| if pass == 0 { V::c(1.0) - x[0].is_nan() } else { or_zero(x[0]) };
    close |self, pass, total, _len, s| if pass == 1 && self.mean { total / s[0] } else { total };
}

program! {
    /// How many are not NaN; finishes with `dy`, for the mean divided by their number.
    WithoutNanBack { mean: bool } 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| V::c(1.0) - x[0].is_nan();
    finish |self, x, s| {
        let slope = if self.mean { x[1] / s[0] } else { x[1] };
        V::select_eq(x[0], x[0], slope, V::c(0.0))
    };
}
