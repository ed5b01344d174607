//! Batch normalisation, with statistics that are kept for inference.
//!
//! Apart from `norm` because it computes something else in training than in inference, and remembers.
#![allow(unreachable_pub, reason = "`program!` prints public types")]

use super::bias::{ScaledNode, scaled};
use super::features::{InputNode, check_width, input};
use super::layer::layer;
use super::norm::EPS;
use crate::device::{Buf, Cpu, Device, RowWork, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, differ, raise};
use crate::graph::{BackOf, Described, Differentiable, Ex, Given, Kind, Node, Op, Operand, Out, SlopeRule, Work};
use crate::layout::count;
use crate::loops::{Combine, MAX_STATS, RowInput, RowProgram, Rows};
use crate::model::{Buffer, Forward, Model, Param, Part, Weights, of_precise, precise};
use crate::num::Num;
use crate::ops::reduce::moments::{MeanRow, Moments};
use crate::ops::reduce::program;
use crate::ops::softmax::LayerNormRow;
use crate::ops::{BinaryMath, Evaluate, NodeOver, UnaryMath};
use crate::shape::{InFeatures, LastAxis, Mismatch, Shape};
use crate::tensor::{Create, Tensor};

type Values<V> = [V; MAX_STATS];

/// Normalisation of each feature over the batch: over all axes but the last one.
///
/// `y = (x - mean) / √(variance + eps) · weight + bias`. In training mean and variance are the batch's, the
/// population's variance, and the running statistics move towards them by `momentum` (towards the unbiased variance, as
/// in PyTorch), at each call: a layer that is called twice in a step takes in both, unless the value of the earlier one
/// was read by `eval`, which makes it a look at values. The optimizer's step stores these. In inference the running
/// statistics are used. Mean, variance and statistics of `f16` and `bf16` are computed and kept in `f32`. Shapes:
/// `(.., C)` keeps its shape, all parameters and statistics are `(C,)`. A feature of equal numbers gives the bias, also
/// with `eps = 0`; squares may leave the range of the type on the way. Ioffe and Szegedy 2015, arXiv:1502.03167.
///
/// Training on fewer than two examples raises [`Error::Value`]: they have no variance.
///
/// ```
/// use congruent::prelude::*;
/// let mut norm = BatchNorm::<D<1>>::new();
/// let x = Cpu.tensor([[1.0], [3.0]]);
/// let (_, grads) = norm.value_and_grad(|m| m.forward(&x).sum())?;
/// Sgd::new(&norm, 0.0).step(&mut norm, &grads);
/// assert_eq!(norm.running_mean.as_slice(), [0.2]);
/// assert_eq!(norm.running_var.as_slice(), [1.1]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct BatchNorm<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// Running mean; of `f32` where the model is of `f16` or `bf16`.
    pub running_mean: Buffer<(C,), P>,
    /// Running variance, of the same type.
    pub running_var: Buffer<(C,), P>,
    /// How far the running statistics move towards each batch's.
    pub momentum: f64,
    /// What is added to the variance.
    pub eps: f64,
}

impl<C: Dim + Default> BatchNorm<C> {
    /// `f32` on the CPU, gain one, bias zero, momentum 0.1, `eps` 1e-5.
    #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
    pub fn new() -> Self {
        Self::init(Cpu)
    }
}

impl<C: Dim + Default, E: Real, D: Device> BatchNorm<C, Weights<E, D>> {
    /// Any element type and device.
    pub fn init(device: D) -> Self {
        Self::sized(device, C::default())
    }
}

impl<C: Dim, E: Real, D: Device> BatchNorm<C, Weights<E, D>> {
    /// The same for a width that only the run knows.
    pub fn sized(device: D, features: C) -> Self {
        let all = |value| device.full((features,), E::of_f64(value));
        BatchNorm {
            weight: all(1.0).into(),
            bias: all(0.0).into(),
            running_mean: all(0.0).into(),
            running_var: all(1.0).into(),
            momentum: 0.1,
            eps: EPS,
        }
    }
}

/// The graph of batch normalisation over input of shape `S` and graph `N`.
pub type BatchNormNode<S, C, P, N> = ScaledNode<C, P, StandardNode<S, <P as Kind>::Elem, N>>;

impl<C: Dim, P: Part> BatchNorm<C, P> {
    /// Normalises each feature of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`] where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, BatchNormNode<X::S, C, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        C: InFeatures<<X::S as LastAxis>::Last>,
    {
        self.apply(input::<X, P>(x, self.weight.raw.device))
    }

    /// [`forward`](BatchNorm::forward) of what the compiler has been asked about already.
    #[track_caller]
    fn apply<S: LastAxis, N: Node<P::Elem>>(self, x: Ex<S, P::Elem, P::Dev, N>) -> Out<S, P, BatchNormNode<S, C, P, N>>
    where
        P: Forward,
    {
        check_width(LAW, x.shape, self.weight.shape);
        scaled(LAW, self.standardised(x), self.weight, self.bias)
    }
}

layer! {
    /// `(.., C) → (.., C)`
    [S: LastAxis, C: Dim + InFeatures<S::Last>, P: Forward] BatchNorm<C, P>, S to S, BatchNormNode<S, C, P, N>
}

/// What statistics are kept in.
type Precise<E> = <E as Real>::Precise;

/// What errors call the layer.
pub(super) const LAW: &str = "batch norm";

/// Elements without mean and scale, and one over the deviation of each feature.
type Standard<P> = (Buf<Precise<<P as Kind>::Elem>>, Buf<Precise<<P as Kind>::Elem>>);

impl<C: Dim, P: Forward> BatchNorm<C, P> {
    #[track_caller]
    fn standardised<S: LastAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<S, P, StandardNode<S, P::Elem, N>> {
        let (device, shape) = (x.device, x.shape);
        let rows = Rows::new(1, count(shape.init()), shape.last().size());
        let values = precise(device, x.materialise());
        let (out, back) = self.standard(rows, &values);
        x.ruled(of_precise(device, out), shape, back)
    }

    /// The elements of features without mean and scale, and the rule of that.
    #[track_caller]
    pub(super) fn standard(
        self,
        rows: Rows,
        values: &Buf<Precise<P::Elem>>,
    ) -> (Buf<Precise<P::Elem>>, StandardisedBack<P::Elem>) {
        // The gain has as many features as the input; statistics that only the run sizes may have others.
        for own in [self.running_mean.shape, self.running_var.shape] {
            if own != self.weight.shape {
                differ(Mismatch::new(LAW, self.weight.shape, own));
            }
        }
        let (out, inverse) = if P::TRAIN { self.of_batch(rows, values) } else { self.of_running(rows, values) };
        (out, StandardisedBack { rows, inverse, program: StandardiseBack { of_batch: P::TRAIN } })
    }

    /// The elements by running mean and deviation, and one over the latter.
    fn of_running(self, rows: Rows, values: &Buf<Precise<P::Elem>>) -> Standard<P> {
        let (mean, var) = (self.running_mean.get_precise(), self.running_var.get_precise());
        let inverse = (&var + self.eps).rsqrt().eval().buf;
        (standard(mean.device, rows, values, &mean.buf, &inverse), inverse)
    }

    /// The elements by mean and deviation of the batch, and one over the latter; says what becomes of the running
    /// statistics.
    #[track_caller]
    fn of_batch(self, rows: Rows, values: &Buf<Precise<P::Elem>>) -> Standard<P> {
        if rows.len < 2 {
            let (what, rule) = ("number of examples in training with BatchNorm", "a variance needs at least two");
            raise(Error::Value { what, found: rows.len.to_string(), rule });
        }
        // An earlier call that was read by `eval` was a look at values: what it recorded is no part of the step.
        let (running_mean, running_var) = match self.weight.raw.key.is_cut() {
            true => (self.running_mean.before_step(), self.running_var.before_step()),
            false => (self.running_mean.get_precise(), self.running_var.get_precise()),
        };
        let feature = |buf| Tensor { buf, ..running_mean.clone() };
        let (device, elements) = (running_mean.device, RowInput::Elements(values));
        let mean = feature(device.fold_rows(rows, MeanRow {}, &[elements]));
        let var = device.fold_rows(rows, Spread {}, &[elements, RowInput::PerRow(&mean.buf)]);
        let plain = || {
            let inverse = (&feature(var.clone()) + self.eps).rsqrt().eval().buf;
            [standard(device, rows, values, &mean.buf, &inverse), inverse, var.clone()]
        };
        let careful = || {
            let var = device.fold_rows(rows, Moments { correction: 0.0, root: false }, &[elements]);
            let (out, inverse) = device.map_rows_keeping(rows, LayerNormRow { eps: self.eps }, &[elements]);
            [out, inverse, var]
        };
        let [out, inverse, var] = device.either((Doubts { eps: self.eps }, [&mean.buf, &var]), plain, careful);
        let var = feature(var);
        let unbiased = rows.len as f64 / (rows.len - 1) as f64;
        self.running_mean.record_precise(running_mean.lerp(&mean, self.momentum).eval());
        self.running_var.record_precise(running_var.lerp(&var * unbiased, self.momentum).eval());
        (out, inverse)
    }
}

/// Sums of squares below this have lost digits in `f32`.
const TINY: f64 = 1e-36;
/// Means of more than this many deviations are felt by their rounding: in `f32` distances from them would be wrong by
/// 4e-6 of the deviation.
const FAR: f64 = 64.0;

/// The distances of elements from their feature's mean, times its number.
fn standard<E: Real, D: Device>(device: D, rows: Rows, values: &Buf<E>, mean: &Buf<E>, inverse: &Buf<E>) -> Buf<E> {
    let inputs = [RowInput::Elements(values), RowInput::PerRow(mean), RowInput::PerRow(inverse)];
    device.map_rows(rows, Standardise {}, &inputs)
}

/// The graph of elements without mean and scale.
type StandardNode<S, E, N> = Op<S, E, BackOf<S, N, StandardisedBack<E>>>;

/// The rule of standardisation: one over the deviation of each feature, kept as statistics are.
pub struct StandardisedBack<E: Real> {
    rows: Rows,
    inverse: Buf<E::Precise>,
    program: StandardiseBack,
}

impl<E: Real> Described for StandardisedBack<E> {
    const NAME: &'static str = "batch_norm";
    const KIND: Work = Work::RowFormula;
}

impl<S: Shape, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for StandardisedBack<E> {
    fn slopes<D: Device>(self, device: D, _: &Given<S, N>, gradient: Buf<E>, out: Buf<E>) -> Buf<E> {
        let (out, gradient) = (precise(device, out), precise(device, gradient));
        let inputs = [RowInput::Elements(&out), RowInput::Elements(&gradient), RowInput::PerRow(&self.inverse)];
        of_precise(device, device.map_rows(self.rows, self.program, &inputs))
    }
}

program! {
    /// The mean square distance from the row's mean.
    Spread {} 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| (x[0] - x[1]) * (x[0] - x[1]);
    close |self, _pass, total, len, _s| total / V::c(len);
}

program! {
    /// 1 where mean and variance do not say all there is of a feature: its squares are too large for the type, or too
    /// small where they are not nothing beside `eps`, or it has no more digits than its mean's rounding.
    Doubts { eps: f64 } 1 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| {
        let ([mean, var, ..], one, none) = (x, V::c(1.0), V::c(0.0));
        let far = V::select_ge(var.sqrt() * FAR, mean.abs(), none, one);
        let far = V::select_eq(var, none, none, far);
        let doubt = V::select_gt(V::c(TINY), var + self.eps, one, far);
        V::select_gt(V::c(f64::INFINITY), var, doubt, one)
    };
}

program! {
    /// The distance from the row's mean times the row's number.
    Standardise {} 0 passes;
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[0];
    finish |self, x, _s| (x[0] - x[1]) * x[2];
}

program! {
    /// Means of `dy` and `dy · y`; finishes with `(dy - mean - y · mean)` times the row's number, for the statistics
    /// of a batch depend on all of it. Running ones do not: `dy` times the number.
    StandardiseBack { of_batch: bool } 2 passes;
    combine [Combine::Sum, Combine::Sum];
    term |self, pass, x, _s| if pass == 0 { x[1] } else { x[1] * x[0] };
    close |self, _pass, total, len, _s| total / V::c(len);
    finish |self, x, s| if self.of_batch { (x[1] - s[0] - x[0] * s[1]) * x[2] } else { x[1] * x[2] };
}
