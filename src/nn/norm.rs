//! Layer normalisation and its kin over the last axis, with learned gain.
//!
//! Apart from `batch_norm`, whose statistics run over the other axes and are kept.
#![allow(unreachable_pub, reason = "`program!` prints public types")]

use super::features::{InputNode, input};
use super::layer::layer;
use super::scaled_rows::{ScaledRowsNode, scaled_rows};
use super::{Bias, InitialBias, NoBias};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Ex, Node, Operand, Out};
use crate::loops::{Combine, MAX_STATS, RowProgram};
use crate::model::{Forward, Model, Param, Part, Tree, Weights};
use crate::num::Num;
use crate::ops::NodeOver;
use crate::ops::reduce::moments::{AS_IT_IS, length, over, squares_again};
use crate::ops::reduce::program;
use crate::ops::softmax::{LayerNormBack, LayerNormRow};
use crate::shape::{InFeatures, LastAxis};
use crate::tensor::Create;

type Values<V> = [V; MAX_STATS];

/// What is added to the variance where nothing else is said, as in PyTorch.
pub(super) const EPS: f64 = 1e-5;

/// Layer normalisation with gain and bias.
///
/// `y = (x - mean) / √(variance + eps) · weight + bias` along the last axis, with the population's variance. Shapes:
/// weight and bias `(C,)`; `(.., C)` keeps its shape. A constant row gives the bias. Ba, Kiros and Hinton 2016,
/// arXiv:1607.06450.
///
/// Without bias it is `LayerNorm<C, P, NoBias>`: see [`NoBias`](super::NoBias).
///
/// ```
/// use congruent::prelude::*;
/// let norm = LayerNorm::<D<2>>::new();
/// let y = norm.infer(|m| m.forward(&Cpu.tensor([[1.0, 3.0], [5.0, 5.0]])).eval())?;
/// assert!((y.as_slice()[1] - 1.0).abs() < 1e-4 && y.as_slice()[3] == 0.0);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct LayerNorm<C: Dim, P: Part = Weights, B: Tree<P> = Param<(C,), P>> {
    /// The gain.
    pub weight: Param<(C,), P>,
    /// What is added: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
    /// What is added to the variance.
    pub eps: f64,
}

impl<C: Dim + Default, B: Tree<Weights>> LayerNorm<C, Weights, B> {
    /// `f32` on the CPU, gain one, bias zero, `eps` 1e-5.
    #[expect(clippy::new_without_default, reason = "layers are made by `new`, with or without a key")]
    pub fn new() -> Self
    where
        B: InitialBias<C, f32, Cpu>,
    {
        Self::init(Cpu)
    }
}

impl<C: Dim + Default, E: Real, D: Device, B: Tree<Weights<E, D>>> LayerNorm<C, Weights<E, D>, B> {
    /// Any element type and device.
    pub fn init(device: D) -> Self
    where
        B: InitialBias<C, E, D>,
    {
        Self::sized(device, C::default())
    }
}

impl<C: Dim, E: Real, D: Device, B: Tree<Weights<E, D>>> LayerNorm<C, Weights<E, D>, B> {
    /// The same for a width that only the run knows.
    pub fn sized(device: D, features: C) -> Self
    where
        B: InitialBias<C, E, D>,
    {
        let weight = device.full((features,), E::of_f64(1.0)).into();
        LayerNorm { weight, bias: B::initial(device, features), eps: EPS }
    }
}

/// The graph of layer normalisation over input of shape `S` and graph `N`.
pub type LayerNormNode<S, C, P, N, B = Param<(C,), P>> = ScaledRowsNode<S, C, P, N, LayerNormBack, B>;

impl<C: Dim, P: Part, B: Tree<P>> LayerNorm<C, P, B> {
    /// Normalises along the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, LayerNormNode<X::S, C, P, InputNode<X, P>, B>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        C: InFeatures<<X::S as LastAxis>::Last>,
        B: Bias<C, P>,
    {
        let device = self.weight.raw.device;
        self.apply(input::<X, P>(x, device))
    }

    /// [`forward`](LayerNorm::forward) of what the compiler has been asked about already.
    #[track_caller]
    pub(super) fn apply<S: LastAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<S, P, LayerNormNode<S, C, P, N, B>>
    where
        P: Forward,
        B: Bias<C, P>,
    {
        scaled_rows("layer norm", x, (LayerNormRow { eps: self.eps }, LayerNormBack {}), self.weight, self.bias)
    }
}

layer! {
    /// `(.., C) → (.., C)`
    [S: LastAxis, C: Dim + InFeatures<S::Last>, P: Forward, B: Tree<P> + Bias<C, P>]
    LayerNorm<C, P, B>, S to S, LayerNormNode<S, C, P, N, B>
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
#[derive(Model, Debug)]
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

/// The graph of normalisation by the root mean square over input of shape `S` and graph `N`.
pub type RmsNormNode<S, C, P, N> = ScaledRowsNode<S, C, P, N, RootMeanSquareBack, NoBias>;

impl<C: Dim, P: Part> RmsNorm<C, P> {
    /// Normalises along the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<X::S, P, RmsNormNode<X::S, C, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        C: InFeatures<<X::S as LastAxis>::Last>,
    {
        self.apply(input::<X, P>(x, self.weight.raw.device))
    }

    /// [`forward`](RmsNorm::forward) of what the compiler has been asked about already.
    #[track_caller]
    fn apply<S: LastAxis, N: Node<P::Elem>>(self, x: Ex<S, P::Elem, P::Dev, N>) -> Out<S, P, RmsNormNode<S, C, P, N>>
    where
        P: Forward,
    {
        scaled_rows("rms norm", x, (RootMeanSquare { eps: self.eps }, RootMeanSquareBack {}), self.weight, NoBias)
    }
}

layer! {
    /// `(.., C) → (.., C)`
    [S: LastAxis, C: Dim + InFeatures<S::Last>, P: Forward] RmsNorm<C, P>, S to S, RmsNormNode<S, C, P, N>
}

program! {
    /// Squares; finishes with the element over their mean's root, one over which is kept.
    RootMeanSquare { eps: f64 } 1 passes, from AS_IT_IS, keeps 3;
    combine [Combine::Sum];
    term |self, _pass, x, s| x[0] * s[2] * (x[0] * s[2]);
    again 2 |self, s, len, reach| squares_again(s, V::c(len), reach);
    settle |self, s, len| {
        let factor = over(length((s[0] / V::c(len)).sqrt(), V::c(self.eps.sqrt()) * s[2]));
        [s[0], factor, s[2], factor * s[2], s[4]]
    };
    finish |self, x, s| x[0] * s[2] * s[1];
}

program! {
    /// Mean of `dy · y`; finishes with `(dy - y · mean)` times the row's number.
    RootMeanSquareBack {} 1 passes, called "rms_norm";
    combine [Combine::Sum];
    term |self, _pass, x, _s| x[0] * x[1];
    close |self, _pass, total, len, _s| total / V::c(len);
    finish |self, x, s| (x[1] - x[0] * s[0]) * x[2];
}
