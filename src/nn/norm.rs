//! Layer normalisation and its kin over the last axis, with learned gain.
//!
//! Apart from `batch_norm`, whose statistics run over the other axes and are kept.

use super::features::{across, input};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::{Real, SameDtype};
use crate::graph::{Node, Operand, Out, Sharing};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::arithmetic::{Add, Mul};
use crate::ops::{Normalisations, Reductions, UnaryMath, binary};
use crate::shape::{InFeatures, LastAxis};
use crate::tensor::Create;

/// What is added to the variance where nothing else is said, as in PyTorch.
pub(super) const EPS: f64 = 1e-5;

/// Layer normalisation with gain and bias.
///
/// `y = (x - mean) / √(variance + eps) · weight + bias` along the last axis, with the population's variance. Shapes:
/// weight and bias `(C,)`; `(.., C)` keeps its shape. A constant row gives the bias. Ba, Kiros and Hinton 2016,
/// arXiv:1607.06450.
///
/// ```
/// use congruent::prelude::*;
/// let norm = LayerNorm::<D<2>>::new();
/// let y = norm.infer(|m| m.forward(&Cpu.tensor([[1.0, 3.0], [5.0, 5.0]])).eval())?;
/// assert!((y.as_slice()[1] - 1.0).abs() < 1e-4 && y.as_slice()[3] == 0.0);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model)]
pub struct LayerNorm<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added.
    pub bias: Param<(C,), P>,
    /// What is added to the variance.
    pub eps: f64,
}

impl<C: Dim + Default> LayerNorm<C> {
    /// `f32` on the CPU, gain one, bias zero, `eps` 1e-5.
    #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
    pub fn new() -> Self {
        Self::init(Cpu)
    }
}

impl<C: Dim + Default, E: Real, D: Device> LayerNorm<C, Weights<E, D>> {
    /// Any element type and device.
    pub fn init(device: D) -> Self {
        Self::sized(device, C::default())
    }
}

impl<C: Dim, E: Real, D: Device> LayerNorm<C, Weights<E, D>> {
    /// The same for a width that only the run knows.
    pub fn sized(device: D, features: C) -> Self {
        let all = |value| device.full((features,), E::of_f64(value)).into();
        LayerNorm { weight: all(1.0), bias: all(0.0), eps: EPS }
    }
}

impl<C: Dim, P: Part> LayerNorm<C, P> {
    /// Normalises along the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
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
        let scaled = binary(Mul, x.layer_norm(self.eps), across("layer norm", shape, weight));
        binary(Add, scaled, across("layer norm", shape, bias))
    }
}

/// Normalisation by the root mean square, with gain.
///
/// `y = x / √(mean(x²) + eps) · weight` along the last axis. Shapes: weight `(C,)`; `(.., C)` keeps its shape. A row of
/// zeros gives zeros. Zhang and Sennrich 2019, arXiv:1910.07467.
///
/// ```
/// use congruent::prelude::*;
/// let norm = RmsNorm::<D<2>>::new();
/// let y = norm.infer(|m| m.forward(&Cpu.tensor([[3.0, 3.0]])).eval())?;
/// assert!((y.as_slice()[0] - 1.0).abs() < 1e-5);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model)]
pub struct RmsNorm<C: Dim, P: Part = Weights> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added to the mean square.
    pub eps: f64,
}

impl<C: Dim + Default> RmsNorm<C> {
    /// `f32` on the CPU, gain one, `eps` 1e-5.
    #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
    pub fn new() -> Self {
        Self::init(Cpu)
    }
}

impl<C: Dim + Default, E: Real, D: Device> RmsNorm<C, Weights<E, D>> {
    /// Any element type and device.
    pub fn init(device: D) -> Self {
        Self::sized(device, C::default())
    }
}

impl<C: Dim, E: Real, D: Device> RmsNorm<C, Weights<E, D>> {
    /// The same for a width that only the run knows.
    pub fn sized(device: D, features: C) -> Self {
        RmsNorm { weight: device.full((features,), E::of_f64(1.0)).into(), eps: EPS }
    }
}

impl<C: Dim, P: Part> RmsNorm<C, P> {
    /// Normalises along the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, impl Node<P::Elem>>
    where
        P: Forward,
        X: Operand<N: Node<P::Elem>, S: LastAxis>,
        C: InFeatures<<X::S as LastAxis>::Last>,
        P::Elem: SameDtype<X::E>,
        P::Dev: SameDevice<X::D>,
    {
        let weight = self.weight.ex();
        let x = input(x, weight.device);
        let gain = across("rms norm", x.shape, weight);
        let normal = x.with(|x| {
            let square = (x.square().mean_keepdim::<-1>() + self.eps).rsqrt();
            binary(Mul, x, square)
        });
        binary(Mul, normal, gain)
    }
}
