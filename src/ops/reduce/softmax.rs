//! What is computed row by row and keeps its shape: softmax, log-softmax, layer normalisation.
//!
//! Apart from `reductions`, whose results have fewer elements; both are row programs.

use super::moments::{AS_IT_IS, deviation, length, moment, moment_of, moments_again, over, times};
use super::reducer::program;
use crate::device::{Buf, Device, RowWork};
use crate::dtype::Real;
use crate::graph::{Described, Differentiable, Given, Operand, SlopeRule, Work};
use crate::loops::{AlongLast, Combine, MAX_STATS, RowInput, RowProgram, Rows};
use crate::num::Num;
use crate::ops::{FloatingNode, RuledOf, result_of, whole};
use crate::shape::{AxisAt, Shape};

type Values<V> = [V; MAX_STATS];

/// What an operation row by row gives.
pub type RowsOf<X, B> = RuledOf<X, <X as Operand>::S, RowsBack<<X as Operand>::E, B>>;

/// Softmax and its kin along one axis.
pub trait Normalisations: Operand + Sized {
    /// Softmax along the last axis. `y = eˣ / Σ eˣ`, `dx = y · (dy - Σ dy · y)`; large values do not overflow; a row
    /// with
    /// NaN or +inf, or of -inf alone, gives NaN.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let y = Cpu.tensor([[0.0, 0.0], [1000.0, 0.0]]).softmax().eval();
    /// assert_eq!(y.as_slice(), [0.5, 0.5, 1.0, 0.0]);
    /// ```
    fn softmax(self) -> RowsOf<Self, AlongLast<SoftmaxBack>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<-1>,
    {
        rows(self, rows_of::<Self::S, -1>, AlongLast(SoftmaxRow {}), AlongLast(SoftmaxBack {}))
    }

    /// [`softmax`](Normalisations::softmax) along axis `I`.
    fn softmax_axis<const I: isize>(self) -> RowsOf<Self, SoftmaxBack>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<I>,
    {
        rows(self, rows_of::<Self::S, I>, SoftmaxRow {}, SoftmaxBack {})
    }

    /// Logarithm of the softmax along the last axis. `y = x - ln Σ eˣ`, `dx = dy - eʸ · Σ dy`; exact where softmax
    /// underflows.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let y = Cpu.tensor([[1000.0, 0.0]]).log_softmax().eval();
    /// assert_eq!(y.as_slice(), [0.0, -1000.0]);
    /// ```
    fn log_softmax(self) -> RowsOf<Self, AlongLast<LogSoftmaxBack>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<-1>,
    {
        rows(self, rows_of::<Self::S, -1>, AlongLast(LogSoftmaxRow {}), AlongLast(LogSoftmaxBack {}))
    }

    /// [`log_softmax`](Normalisations::log_softmax) along axis `I`.
    fn log_softmax_axis<const I: isize>(self) -> RowsOf<Self, LogSoftmaxBack>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<I>,
    {
        rows(self, rows_of::<Self::S, I>, LogSoftmaxRow {}, LogSoftmaxBack {})
    }

    /// Layer normalisation along the last axis, without gain and bias. `y = (x - mean) / √(variance + eps)`, with the
    /// population's variance; `dx = (dy - mean(dy) - y · mean(dy · y)) / √(variance + eps)`. Ba, Kiros, Hinton 2016,
    /// arXiv:1607.06450.
    ///
    /// A row of equal elements gives zeros, also with `eps = 0`; squares may leave the range of the type on the way. A
    /// row with NaN or infinities gives NaN.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let y = Cpu.tensor([[1.0, 3.0]]).layer_norm(0.0).eval();
    /// assert_eq!(y.as_slice(), [-1.0, 1.0]);
    /// ```
    #[track_caller]
    fn layer_norm(self, eps: f64) -> RowsOf<Self, AlongLast<LayerNormBack>>
    where
        Self::E: FloatingNode<Self::N>,
        Self::S: AxisAt<-1>,
    {
        let x = whole(self);
        let (shape, rows, values) = (x.shape, rows_of::<Self::S, -1>(x.shape), x.materialise());
        let program = AlongLast(LayerNormRow { eps });
        let (out, inverse) = x.device.map_rows_keeping(rows, program, &[RowInput::Elements(&values)]);
        let program = AlongLast(LayerNormBack {});
        result_of::<Self, _, _>(x.ruled(out, shape, RowsBack { rows, per_row: Some(inverse), program }))
    }
}
impl<X: Operand> Normalisations for X {}

fn rows_of<S: AxisAt<I>, const I: isize>(shape: S) -> Rows {
    Rows::along(&shape.dims(), S::INDEX, S::INDEX)
}

#[track_caller]
fn rows<X, P: RowProgram, B: RowProgram>(x: X, along: impl FnOnce(X::S) -> Rows, program: P, back: B) -> RowsOf<X, B>
where
    X: Operand<E: FloatingNode<X::N>>,
{
    let x = whole(x);
    let (shape, rows) = (x.shape, along(x.shape));
    let out = x.device.map_rows(rows, program, &[RowInput::Elements(&x.materialise())]);
    result_of::<X, _, _>(x.ruled(out, shape, RowsBack { rows, per_row: None, program: back }))
}

/// The rule of an operation row by row: a program over its value, the gradient, and perhaps one number a row.
pub struct RowsBack<E, P> {
    pub(crate) rows: Rows,
    pub(crate) per_row: Option<Buf<E>>,
    pub(crate) program: P,
}

impl<E: 'static, P: RowProgram> Described for RowsBack<E, P> {
    const NAME: &'static str = P::NAME;
    const KIND: Work = Work::RowFormula;
}

impl<S: Shape, E: Real, N: Differentiable<E>, P: RowProgram> SlopeRule<E, Given<S, N>> for RowsBack<E, P> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let (y, g) = (RowInput::Elements(&out), RowInput::Elements(&gradient));
        match &self.per_row {
            Some(per_row) => device.map_rows(self.rows, self.program, &[y, g, RowInput::PerRow(per_row)]),
            None => device.map_rows(self.rows, self.program, &[y, g]),
        }
    }
}

program! {
    /// Maximum, then `Σ exp(x - max)`; finishes with the quotient, the exponentials being kept.
    SoftmaxRow {} 2 passes, draft 1;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 { x[0] } else { (x[0] - s[0]).exp() };
    close |self, pass, total, _len, _s| if pass == 0 { total } else { total.recip() };
    finish |self, x, s| x[0] * s[1];
}

program! {
    /// `Σ dy · y`; finishes with `y · (dy - Σ)`.
    SoftmaxBack {} 1 passes, called "softmax";
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[0] * x[1];
    finish |self, x, s| x[0] * (x[1] - s[0]);
}

program! {
    /// Maximum, then `ln Σ exp(x - max)`; finishes with `x - max - ln`.
    LogSoftmaxRow {} 2 passes;
    combine [Combine::Maximum, Combine::Sum];
    term |self, pass, x, s| if pass == 0 { x[0] } else { (x[0] - s[0]).exp() };
    close |self, pass, total, _len, _s| if pass == 0 { total } else { total.ln() };
    finish |self, x, s| x[0] - s[0] - s[1];
}

program! {
    /// `Σ dy`; finishes with `dy - eʸ · Σ`.
    LogSoftmaxBack {} 1 passes, called "log_softmax";
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[1];
    finish |self, x, s| x[1] - x[0].exp() * s[0];
}

program! {
    /// Mean and squares; finishes with the distance from the mean over the deviation, one over which is kept.
    LayerNormRow { eps: f64 } 2 passes, from AS_IT_IS, keeps 3;
    combine [Combine::Sum, Combine::Sum];
    term |self, pass, x, s| moment(pass, x[0], s);
    closed |self, pass, total, len, s| moment_of(pass, total, V::c(len), s);
    again 4 |self, s, len, reach| moments_again(s, V::c(len), reach);
    settle |self, s, len| {
        let factor = over(length((s[1] / V::c(len)).sqrt(), V::c(self.eps.sqrt()) * s[2]));
        let [centre, number, scale, _, off] = times(s, factor);
        [centre, number, scale, factor * scale, off]
    };
    finish |self, x, s| deviation(x[0], s);
}

program! {
    /// Means of `dy` and `dy · y`; finishes with `(dy - mean - y · mean) / deviation`.
    LayerNormBack {} 2 passes, called "layer_norm";
    combine [Combine::Sum, Combine::Sum];
    term |self, pass, x, _s| if pass == 0 { x[1] } else { x[1] * x[0] };
    close |self, _pass, total, len, _s| total / V::c(len);
    finish |self, x, s| (x[1] - s[0] - x[0] * s[1]) * x[2];
}
