//! Batch normalisation, with statistics that are kept for inference.
//!
//! Apart from `norm` because it computes something else in training than in inference, and remembers.

use super::features::{check_width, across, input};
use super::norm::EPS;
use super::Layer;
use crate::device::{Buf, Combine, Cpu, Device, MAX_STATS, RowInput, RowProgram, Rows, SameDevice};
use crate::dims::Dim;
use crate::dtype::{Real, SameDtype};
use crate::error::{Error, raise};
use crate::graph::{Ex, Expr, Node, Op, Operand, Out, Pullback, count, materialise};
use crate::model::{Buffer, Forward, Model, Param, Part, Weights};
use crate::num::Num;
use crate::ops::arithmetic::{Add, Mul};
use crate::ops::reduce::program;
use crate::ops::softmax::LayerNormBack;
use crate::ops::{BinaryMath, Evaluate, UnaryMath, binary};
use crate::shape::{InFeatures, LastAxis, Shape};
use crate::tensor::{Create, Tensor};

type Values<V> = [V; MAX_STATS];

/// Normalisation of each feature over the batch: over all axes but the last one.
///
/// `y = (x - mean) / √(variance + eps) · weight + bias`. In training mean and variance are the batch's, the population's
/// variance, and the running statistics move towards them by `momentum` (towards the unbiased variance, as in PyTorch);
/// the optimizer's step stores these. In inference the running statistics are used. Shapes: `(.., C)` keeps its shape,
/// all parameters and statistics are `(C,)`. Ioffe and Szegedy 2015, arXiv:1502.03167.
///
/// Training on a single example raises [`Error::Value`]: its variance is 0, whatever it is.
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
#[derive(Model)]
pub struct BatchNorm<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// Running mean.
    pub running_mean: Buffer<(C,), P>,
    /// Running variance.
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

impl<C: Dim, P: Part> BatchNorm<C, P> {
    /// Normalises each feature of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`] where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, impl Node<P::Elem>>
    where
        P: Forward,
        X: Operand<N: Node<P::Elem>, S: LastAxis>,
        C: InFeatures<<X::S as LastAxis>::Last>,
        P::Elem: SameDtype<X::E>,
        P::Dev: SameDevice<X::D>,
    {
        let (weight, bias) = (self.weight.ex(), self.bias.ex());
        let x = input(x, weight.device);
        let shape = x.shape;
        check_width("batch norm", shape, weight.shape);
        let normal = if P::TRAIN { self.by_batch(x) } else { self.by_running(x) };
        let scaled = binary(Mul, normal, across("batch norm", shape, weight));
        binary(Add, scaled, across("batch norm", shape, bias))
    }
}

/// `x` with mean 0 and variance 1.
type NormalOf<S, E, D, N> = Ex<S, E, D, Op<S, E, Normal<S, E, N>>>;

impl<C: Dim, P: Forward> BatchNorm<C, P> {
    fn by_batch<S, N>(self, x: Ex<S, P::Elem, P::Dev, N>) -> NormalOf<S, P::Elem, P::Dev, N>
    where
        S: LastAxis,
        N: Node<P::Elem>,
    {
        let Ex { node, shape, device, .. } = x;
        let rows = features_of(shape);
        if rows.len == 1 {
            let rule = "the variance of a batch needs at least two";
            raise(Error::Value { what: "number of examples in training with BatchNorm", found: "1".into(), rule });
        }
        let values = materialise(device, &node, shape);
        let tensor = |buf| Tensor { buf, shape: (self.weight.shape.0,), device };
        let mean = tensor(device.fold_rows(rows, Moments { last: 0 }, &[RowInput::Elements(&values)]));
        let var = tensor(device.fold_rows(rows, Variance {}, &[RowInput::Elements(&values)]));
        let unbiased = rows.len as f64 / (rows.len as f64 - 1.0);
        self.running_mean.record(self.running_mean.get().lerp(&mean, self.momentum).eval());
        self.running_var.record(self.running_var.get().lerp(&var * unbiased, self.momentum).eval());
        self.normal(Ex::new(node, shape, device), values, &mean, &var, true)
    }
}
