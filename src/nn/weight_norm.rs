//! A layer whose weight is given by its lengths and its directions.
//!
//! Apart from the layers because any of them that has one weight can be normed, and none knows of it.

use super::convolution::FilterShape;
use super::{Conv1d, Conv2d, Conv3d, Layer, Linear};
use crate::device::Device;
use crate::dims::{Dim, One, dims};
use crate::dtype::Real;
use crate::graph::{Ex, Expr, Keep, Node, Operand, Out, Reshaped, Sharing};
use crate::layout::count;
use crate::model::{Forward, Model, Param, Part, Tree, Weights};
use crate::ops::{Evaluate, Norms};
use crate::shape::{Filters, OfGroups, Shape};
use crate::tensor::Tensor;

dims! {
    /// What each output sums over.
    Inputs = ?
}

/// A layer by the lengths and directions of its weight: `weight[o] = magnitude[o] · v[o] / ‖v[o]‖` for each output `o`,
/// with the layer's own weight as `v`. PyTorch's `nn.utils.parametrizations.weight_norm` with the dim of the outputs.
///
/// Of [`Linear`] and of convolutions, with `O` outputs. Shapes: the layer's, and `magnitude` `(O,)`, which begins as
/// the lengths, so that the layer is what it was before. In PyTorch's files `magnitude` is
/// `parametrizations.weight.original0`, of shape `(O, 1, ..)`, and `v` is `original1`; here it is `layer.weight`. The
/// weight is computed in each call. A direction of zeros gives NaN. Salimans and Kingma 2016, arXiv:1602.07868.
///
/// ```
/// use congruent::{nn::WeightNorm, prelude::*};
/// let layer = Linear::<D<3>, D<2>>::new(Key::new(0));
/// let mut normed = WeightNorm::new(layer.clone());
/// let x = Cpu.uniform((D::<5>, D::<3>), Key::new(1), -1.0, 1.0);
/// let y = normed.infer(|m| m.forward(&x).eval())?;
/// assert!(y.allclose(&layer.infer(|m| m.forward(&x).eval())?, 1e-6, 1e-6));
/// let (_, grads) = normed.value_and_grad(|m| m.forward(&x).square().mean())?;
/// assert_eq!(grads.magnitude.shape(), (D::<2>,));
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct WeightNorm<L: Tree<P>, O: Dim, P: Part = Weights> {
    /// The layer, whose weight is a direction for each output, of any length.
    pub layer: L,
    /// The length of each output's weight.
    pub magnitude: Param<(O,), P>,
}

/// Layers with one weight and `O` outputs, which [`WeightNorm`] takes: [`Linear`] and convolutions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no weight of `{O}` outputs that could be normed",
    label = "expected `Linear`, `Conv1d`, `Conv2d` or `Conv3d` with `{O}` outputs"
)]
pub trait Weighted<O: Dim, P: Part>: Tree<P> {
    /// The shape of the weight.
    type Shape: Shape;
    /// Whether the outputs are the last axis of it, else the first one.
    const LAST: bool;
    /// The weight.
    fn weight(&self) -> &Param<Self::Shape, P>;
    /// The layer with another weight.
    #[must_use]
    fn with_weight(self, weight: Param<Self::Shape, P>) -> Self;
    /// The outputs.
    fn outputs(&self) -> O;
}

#[diagnostic::do_not_recommend]
impl<I: Dim, O: Dim, P: Part, B: Tree<P>> Weighted<O, P> for Linear<I, O, P, B> {
    type Shape = (I, O);
    const LAST: bool = true;
    fn weight(&self) -> &Param<(I, O), P> {
        &self.weight
    }
    fn with_weight(self, weight: Param<(I, O), P>) -> Self {
        Linear { weight, ..self }
    }
    fn outputs(&self) -> O {
        self.weight.shape.1
    }
}

macro_rules! convolutions {
    ($($Name:ident $R:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<I, O, K, P: Part, B: Tree<P>> Weighted<O, P> for $Name<I, O, K, P, B>
        where
            I: OfGroups<K::GroupCount>,
            O: Dim,
            K: Filters<$R>,
        {
            type Shape = FilterShape<$R, I, O, K>;
            const LAST: bool = false;
            fn weight(&self) -> &Param<Self::Shape, P> {
                &self.weight
            }
            fn with_weight(self, weight: Param<Self::Shape, P>) -> Self {
                $Name { weight, ..self }
            }
            fn outputs(&self) -> O {
                let outputs = self.weight.shape.dims()[0];
                O::from_size(outputs).expect("the weight has the outputs of its type")
            }
        }
    )*};
}
convolutions! { Conv1d 1; Conv2d 2; Conv3d 3; }

impl<L: Tree<Weights<E, D>>, O: Dim, E: Real, D: Device> WeightNorm<L, O, Weights<E, D>> {
    /// The layer as it is, by lengths and directions.
    pub fn new(layer: L) -> Self
    where
        L: Weighted<O, Weights<E, D>>,
    {
        let (outputs, weight) = (layer.outputs(), layer.weight().tensor());
        let inputs = count(weight.shape) / outputs.size().max(1);
        let (buf, device) = (weight.buf, weight.device);
        // The square roots of sums of squares, of numbers of any size.
        let buf = match L::LAST {
            true => Tensor { buf, shape: (Inputs(inputs), outputs), device }.norm_axis::<0>(2.0).eval().buf,
            false => Tensor { buf, shape: (outputs, Inputs(inputs)), device }.norm_axis::<1>(2.0).eval().buf,
        };
        WeightNorm { layer, magnitude: Tensor { buf, shape: (outputs,), device }.into() }
    }
}

/// The weight of these lengths and directions.
#[track_caller]
fn scaled<S: Shape, O: Dim, P: Forward>(
    directions: Param<S, P>,
    magnitude: Param<(O,), P>,
    outputs: O,
    last: bool,
) -> Keep<S, P> {
    let Ex { node, shape, device, .. } = directions.ex();
    let (length, inputs) = (magnitude.ex(), Inputs(count(shape) / outputs.size().max(1)));
    if last {
        let rows = (inputs, outputs);
        let v = Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, node, shape, rows), rows, device);
        let w = v.with(|v| v * (length / v.norm_axis::<0>(2.0))).boxed();
        return Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, w.node, rows, shape), shape, device).keep();
    }
    let (rows, column) = ((outputs, inputs), (outputs, One::default()));
    let length = Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, length.node, (outputs,), column), column, device);
    let v = Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, node, shape, rows), rows, device);
    let w = v.with(|v| v * (length / v.norm_keepdim::<1>(2.0))).boxed();
    Ex::<_, P::Elem, _, _>::new(Reshaped::new(device, w.node, rows, shape), shape, device).keep()
}

/// As the layer alone.
impl<S, P, L, O> Layer<S, P> for WeightNorm<L, O, P>
where
    S: Shape,
    P: Forward,
    L: Weighted<O, P> + Layer<S, P>,
    O: Dim,
{
    type Out = L::Out;
    type Graph<N: Node<P::Elem>> = L::Graph<N>;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<L::Out, P, L::Graph<X::N>> {
        let outputs = self.layer.outputs();
        let weight = scaled(*self.layer.weight(), self.magnitude, outputs, L::LAST);
        self.layer.with_weight(Param::computed(weight)).forward(x)
    }
}
