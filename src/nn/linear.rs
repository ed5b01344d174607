//! The linear layer, over any leading axes.

use super::{Init, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::{Real, SameDtype};
use crate::error::raise;
use crate::graph::{Ex, Node, Operand, Out};
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::arithmetic::Add;
use crate::ops::binary;
use crate::ops::matmul::multiply;
use crate::random::Key;
use crate::shape::{Broadcast, InFeatures, LastAxis, Mismatch, Shape};
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
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Out<<X::S as LinearShape<I, O>>::Out, P, impl Node<P::Elem>>
    where
        P: Forward,
        X: Operand<N: Node<P::Elem>>,
        X::S: LinearShape<I, O>,
        P::Elem: SameDtype<X::E>,
        P::Dev: SameDevice<X::D>,
    {
        let (x, weight) = (x.ex(), self.weight.ex());
        let shape = x.shape.features(weight.shape).unwrap_or_else(|mismatch| raise(mismatch.into()));
        let x = Ex::new(x.node, x.shape, weight.device);
        binary(Add, multiply(x, weight, shape), self.bias)
    }
}

/// The shape that a linear layer gives: the last axis `I` becomes `O`.
#[diagnostic::on_unimplemented(
    message = "a linear layer cannot take an input of shape `{Self}`",
    label = "needs a last axis of `{I}` features"
)]
pub trait LinearShape<I: Dim, O: Dim>: Shape {
    /// `(.., O)`
    type Out: LastAxis<Last = O> + Broadcast<(O,), Out = <Self as LinearShape<I, O>>::Out>;
    /// The shape with its sizes; run-time sizes that differ are an error.
    fn features(self, weight: (I, O)) -> Result<<Self as LinearShape<I, O>>::Out, Mismatch>;
}

/// `(.., I) · (I, O) = (.., O)`
impl<S: LastAxis, I: Dim + InFeatures<S::Last>, O: Dim> LinearShape<I, O> for S {
    type Out = S::WithLast<O>;
    fn features(self, weight: (I, O)) -> Result<S::WithLast<O>, Mismatch> {
        match self.last().size() == weight.0.size() {
            true => Ok(self.with_last(weight.1)),
            false => Err(Mismatch::new("linear layer", self, weight)),
        }
    }
}
