//! The linear layer, over any leading axes.

use super::features::{InputNode, ParamNode, check_width, input};
use super::layer::layer;
use super::{Bias, Init, InitialBias, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Ex, Kind, Node, Op, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Tree, Weights};
use crate::ops::NodeOver;
use crate::ops::matmul::{Factors, multiply};
use crate::random::Key;
use crate::shape::{InFeatures, LastAxis};
use crate::tensor::Tensor;

/// `y = x · weight + bias`. Shapes: weight `(I, O)`, bias `(O,)`, `(.., I)` gives `(.., O)`.
///
/// Without bias it is `Linear<I, O, P, NoBias>`: see [`NoBias`](super::NoBias).
///
/// ```
/// use congruent::prelude::*;
/// let layer = Linear::<D<3>, D<2>>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![5, 3]>()).eval())?;
/// assert_eq!(y.shape(), (D::<5>, D::<2>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Linear<I: Dim, O: Dim, P: Part = Weights, B: Tree<P> = Param<(O,), P>> {
    /// What multiplies the input.
    #[model(transposed)]
    pub weight: Param<(I, O), P>,
    /// What is added: a parameter, or [`NoBias`](super::NoBias).
    pub bias: B,
}

impl<I: Dim + Default, O: Dim + Default, B: Tree<Weights>> Linear<I, O, Weights, B> {
    /// `f32` on the CPU, weights by [`Init::DEFAULT`], bias zero.
    pub fn new(key: Key) -> Self
    where
        B: InitialBias<O, f32, Cpu>,
    {
        Self::init(Cpu, Init::DEFAULT, key)
    }
}

impl<I: Dim + Default, O: Dim + Default, E: Real, D: Device, B: Tree<Weights<E, D>>> Linear<I, O, Weights<E, D>, B> {
    /// Any element type, device and initialiser; bias zero.
    pub fn init(device: D, init: Init, key: Key) -> Self
    where
        B: InitialBias<O, E, D>,
    {
        Self::sized(device, I::default(), O::default(), init, key)
    }
}

impl<I: Dim, O: Dim, E: Real, D: Device, B: Tree<Weights<E, D>>> Linear<I, O, Weights<E, D>, B> {
    /// The same for dims whose size only the run knows.
    pub fn sized(device: D, inputs: I, outputs: O, init: Init, key: Key) -> Self
    where
        B: InitialBias<O, E, D>,
    {
        let weight: Tensor<_, E, D> = device.initialised((inputs, outputs), init, (inputs.size(), outputs.size()), key);
        Linear { weight: weight.into(), bias: B::initial(device, outputs) }
    }
}

/// The graph of a linear layer over input of shape `S` and graph `N`.
pub type LinearNode<S, I, O, P, N, B = Param<(O,), P>> = <B as Bias<O, P>>::Graph<ProductNode<S, I, O, P, N>>;

type ProductNode<S, I, O, P, N> =
    Op<<S as LastAxis>::WithLast<O>, <P as Kind>::Elem, Factors<S, (I, O), <P as Kind>::Elem, N, ParamNode<(I, O), P>>>;

impl<I: Dim, O: Dim, P: Part, B: Tree<P>> Linear<I, O, P, B> {
    /// `x · weight + bias` over the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(
        self,
        x: X,
    ) -> Out<<X::S as LastAxis>::WithLast<O>, P, LinearNode<X::S, I, O, P, InputNode<X, P>, B>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        B: Bias<O, P>,
    {
        let device = self.weight.raw.device;
        self.apply(input::<X, P>(x, device))
    }

    /// [`forward`](Linear::forward) of what the compiler has been asked about already.
    #[track_caller]
    pub(super) fn apply<S: LastAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<S::WithLast<O>, P, LinearNode<S, I, O, P, N, B>>
    where
        P: Forward,
        B: Bias<O, P>,
    {
        let weight = self.weight.ex();
        check_width("linear layer", x.shape, weight.shape);
        let shape = x.shape.with_last(weight.shape.1);
        self.bias.add("linear layer", multiply(x, weight, shape))
    }
}

layer! {
    /// `(.., I) → (.., O)`
    [S: LastAxis, I: Dim + InFeatures<S::Last>, O: Dim, P: Forward, B: Tree<P> + Bias<O, P>]
    Linear<I, O, P, B>, S to S::WithLast<O>, LinearNode<S, I, O, P, N, B>
}
