//! Steps that are computed in another element type than that of the weights: mixed precision.
//!
//! Apart from `train`, which knows one type: here the weights stay what they are, and gradients come back to them.

use super::train::{GradsForm, differentiated};
use super::{Each, Gradient, Grads, Inspect, Map, Path, ScalarShape, TracedForm, Tree, Weights};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::error::Error;
use crate::graph::{Node, Operand};
use crate::ops::arithmetic::Affine;

/// Training steps of a model that compute in another element type.
pub trait TrainIn<E: Real, D: Device>: Tree<Weights<E, D>> {
    /// The loss and its gradients, computed in elements `F` from weights of `E`: PyTorch's autocast, for a whole model
    /// and checked by the compiler.
    ///
    /// The closure gets the model with its weights rounded to `F`, so that what it computes with is of `F` as well. The
    /// gradients are those of the weights as they are, in `E`; running statistics that were recorded come along. The
    /// weights themselves are the master copy that PyTorch's users keep beside: steps smaller than a digit of `F` add
    /// up.
    ///
    /// Backward begins with `scale` in place of 1, and the gradients are divided by it once they are of `E`: of `f16`
    /// the smallest are lost otherwise, see [`LossScale`](crate::optim::LossScale). `bf16` and `f32` need none: 1. The
    /// loss is returned as it is. Where a scaled gradient is beyond `F`, it is infinite or NaN.
    ///
    /// # Errors
    /// [`Error::Value`] for a scale that is not above 0, or is no finite number of `F`; those of
    /// [`value_and_grad`](super::Train::value_and_grad).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut model = Linear::<D<3>, D<1>>::new(Key::new(0)); // f32
    /// let mut optimizer = AdamW::new(&model, 0.01);
    /// let (x, y) = (Cpu.ones_of::<bf16, _>((D::<4>, D::<3>)), Cpu.zeros_of::<bf16, _>((D::<4>, D::<1>)));
    /// let (loss, grads) = model.value_and_grad_in::<bf16, _>(1.0, |m| m.forward(&x).mse(&y))?;
    /// optimizer.step(&mut model, &grads);
    /// let (_loss, _grads): (bf16, &Linear<D<3>, D<1>, Grads<f32>>) = (loss, &grads);
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "autocast")]
    fn value_and_grad_in<F: Real, L>(
        &self,
        scale: f64,
        loss: impl FnOnce(TracedForm<Self::With<Weights<F, D>>, Weights<F, D>>) -> L,
    ) -> Result<(F, GradsForm<Self, Weights<E, D>>), Error>
    where
        L: Operand<E = F, D = D, S: ScalarShape, N: Node<F>>,
    {
        let rounded = F::of_f64(scale).as_f64();
        if !(rounded > 0.0 && rounded.is_finite()) {
            let (what, rule) = ("loss scale", "it is above 0, and a finite number of the type that is computed in");
            return Err(Error::Value { what, found: format!("{scale} in {}", F::NAME), rule });
        }
        let lower = self.cast::<F>();
        let value = |device: D, value: &Buf<F>| device.download_scalar(value);
        let (loss, grads, ()) = differentiated(&lower, rounded, |model| (loss(model), ()), value)?;
        let mut taken = Taken { gradients: Vec::new(), statistics: Vec::new() };
        let _ = Tree::map::<Each<(), F, D>, _>(&grads, &mut taken, &Path::ROOT);
        let Taken { gradients, statistics } = taken;
        let (gradients, statistics) = (gradients.into_iter(), statistics.into_iter());
        let mut raised = Raised { gradients, statistics, factor: 1.0 / rounded };
        Ok((loss, self.map(&mut raised, &Path::ROOT)))
    }
}
impl<E: Real, D: Device, M: Tree<Weights<E, D>>> TrainIn<E, D> for M {}

/// Gradients and recorded statistics in the order of a model.
struct Taken<F: Real> {
    gradients: Vec<Option<Buf<F>>>,
    statistics: Vec<Option<Buf<F::Precise>>>,
}

impl<'a, F: Real, D: Device> Map<'a, Grads<F, D>, Each<(), F, D>> for Taken<F> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &'a Gradient<F, D>) {
        self.gradients.push(gradient.get().cloned());
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], recorded: &'a Option<Buf<F::Precise>>) {
        self.statistics.push(recorded.clone());
    }
}

/// The same as those of a model of the same fields, times a factor.
struct Raised<G, S> {
    gradients: G,
    statistics: S,
    factor: f64,
}

impl<'a, E, F, D, G, S> Map<'a, Weights<E, D>, Grads<E, D>> for Raised<G, S>
where
    E: Real,
    F: Real,
    D: Device,
    G: Iterator<Item = Option<Buf<F>>>,
    S: Iterator<Item = Option<Buf<F::Precise>>>,
{
    fn param(&mut self, _: &Path<'_>, _: &[usize], (weight, device): &'a (Buf<E>, D)) -> Gradient<E, D> {
        let arrived = self.gradients.next().flatten().map(|values| device.convert::<F, E>(&values));
        let mut gradient = Gradient::new(*device, weight.len(), arrived);
        if self.factor != 1.0 {
            gradient.apply(Affine { slope: self.factor, shift: 0.0 });
        }
        gradient
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (_, device): &'a (Buf<E::Precise>, D)) -> Option<Buf<E::Precise>> {
        self.statistics.next().flatten().map(|values| device.convert::<F::Precise, E::Precise>(&values))
    }
}
