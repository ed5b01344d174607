//! The linear layer, over any leading axes.

use super::features::{InputNode, ParamNode, across, check_width, input};
use super::{Init, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::graph::{Binary, Ex, Kind, Node, Op, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::arithmetic::Add;
use crate::ops::matmul::{Factors, multiply};
use crate::ops::{NodeOver, binary};
use crate::random::Key;
use crate::shape::{InFeatures, LastAxis};
use crate::tensor::{Create, Tensor};

/// `y = x · weight + bias`. Shapes: weight `(I, O)`, bias `(O,)`, `(.., I)` gives `(.., O)`.
///
/// ```
/// use congruent::prelude::*;
/// let layer = Linear::<D<3>, D<2>>::new(Key::new(0));
/// let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![5, 3]>()).eval())?;
/// assert_eq!(y.shape(), (D::<5>, D::<2>));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model)]
pub struct Linear<I: Dim, O: Dim, P: Part = Weights> {
    /// What multiplies the input.
    pub weight: Param<(I, O), P>,
    /// What is added.
    pub bias: Param<(O,), P>,
}

impl<I: Dim + Default, O: Dim + Default> Linear<I, O> {
    /// `f32` on the CPU, weights by [`Init::DEFAULT`], bias zero.
    pub fn new(key: Key) -> Self {
        Self::init(Cpu, Init::DEFAULT, key)
    }
}

impl<I: Dim + Default, O: Dim + Default, E: Real, D: Device> Linear<I, O, Weights<E, D>> {
    /// Any element type, device and initialiser; bias zero.
    pub fn init(device: D, init: Init, key: Key) -> Self {
        Self::sized(device, I::default(), O::default(), init, key)
    }
}

impl<I: Dim, O: Dim, E: Real, D: Device> Linear<I, O, Weights<E, D>> {
    /// The same for dims whose size only the run knows.
    pub fn sized(device: D, inputs: I, outputs: O, init: Init, key: Key) -> Self {
        let weight: Tensor<_, E, D> = device.initialised((inputs, outputs), init, (inputs.size(), outputs.size()), key);
        Linear { weight: weight.into(), bias: device.full((outputs,), E::of_f64(0.0)).into() }
    }
}

/// The graph of a linear layer over input of shape `S` and graph `N`.
pub type LinearNode<S, I, O, P, N> = Binary<Add, ProductNode<S, I, O, P, N>, ParamNode<(O,), P>>;

type ProductNode<S, I, O, P, N> =
    Op<<S as LastAxis>::WithLast<O>, <P as Kind>::Elem, Factors<S, (I, O), <P as Kind>::Elem, N, ParamNode<(I, O), P>>>;

impl<I: Dim, O: Dim, P: Part> Linear<I, O, P> {
    /// `x · weight + bias` over the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<<X::S as LastAxis>::WithLast<O>, P, LinearNode<X::S, I, O, P, InputNode<X, P>>>
    where
        P: Forward<Dev: SameDevice<X::D>>,
        X: Operand<S: LastAxis, N: NodeOver<P::Elem, X::E>>,
        I: InFeatures<<X::S as LastAxis>::Last>,
    {
        self.apply(input::<X, P>(x, self.weight.raw.device))
    }

    /// [`forward`](Linear::forward) of what the compiler has been asked about already.
    #[track_caller]
    pub(super) fn apply<S: LastAxis, N: Node<P::Elem>>(
        self,
        x: Ex<S, P::Elem, P::Dev, N>,
    ) -> Out<S::WithLast<O>, P, LinearNode<S, I, O, P, N>>
    where
        P: Forward,
    {
        let weight = self.weight.ex();
        check_width("linear layer", x.shape, weight.shape);
        let shape = x.shape.with_last(weight.shape.1);
        binary(Add, multiply(x, weight, shape), across("linear layer", shape, self.bias))
    }
}
