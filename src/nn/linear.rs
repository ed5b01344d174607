//! The linear layer, over any leading axes.

use super::features::{across, check_width, input};
use super::{Init, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::{Real, SameDtype};
use crate::graph::{Node, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::arithmetic::Add;
use crate::ops::binary;
use crate::ops::matmul::multiply;
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

impl<I: Dim, O: Dim, P: Part> Linear<I, O, P> {
    /// `x · weight + bias` over the last axis of `x`.
    ///
    /// Widths that only the run knows raise [`Error::Sizes`](crate::Error::Sizes) where they differ.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<<X::S as LastAxis>::WithLast<O>, P, impl Node<P::Elem>>
    where
        P: Forward,
        X: Operand<N: Node<P::Elem>, S: LastAxis>,
        I: InFeatures<<X::S as LastAxis>::Last>,
        P::Elem: SameDtype<X::E>,
        P::Dev: SameDevice<X::D>,
    {
        let weight = self.weight.ex();
        let x = input(x, weight.device);
        check_width("linear layer", x.shape, weight.shape);
        let shape = x.shape.with_last(weight.shape.1);
        binary(Add, multiply(x, weight, shape), across("linear layer", shape, self.bias.ex()))
    }
}
