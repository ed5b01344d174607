//! A training step's value and gradients, and inference.

use super::{Frozen, Grads, Handle, Map, Part, Path, Traced, Tree, Weights};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Real;
use crate::error::{Error, attempt};
use crate::graph::{Lazy, Node, Operand, Owners};
use crate::shape::Shape;

/// The shape of a loss.
#[diagnostic::on_unimplemented(
    message = "the loss must be a scalar, but its shape is `{Self}`",
    label = "gradient of a non-scalar",
    note = "reduce it first: `.sum()` or `.mean()`"
)]
pub trait Scalar: Shape {}
impl Scalar for () {}

/// Forms that can be trained.
#[diagnostic::on_unimplemented(
    message = "a frozen model has no gradients",
    label = "`{Self}` holds no trainable parameters",
    note = "call `value_and_grad` on the model itself"
)]
pub trait Trainable: Part {}
impl<E: Real, D: Device> Trainable for Weights<E, D> {}

/// Training and inference, for every model that holds [`Weights`].
pub trait Train<E: Real, D: Device>: Tree<Weights<E, D>> {
    /// The loss and its gradients: the same struct, a gradient in place of each parameter.
    ///
    /// The closure gets the model with every parameter a `Copy` variable. A parameter that the loss does not use has
    /// gradient zero. NaN in the loss is returned as NaN, and its gradients are what the formulas give.
    ///
    /// # Errors
    /// What an operator in the closure found at run time: sizes that differ, labels or indices out of range.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<1>>::new(Key::new(0));
    /// let (x, y) = (Cpu.ones::<Shape![4, 3]>(), Cpu.zeros::<Shape![4, 1]>());
    /// let (loss, grads) = model.value_and_grad(|m| m.forward(&x).mse(&y))?;
    /// assert_eq!(grads.weight.shape(), model.weight.shape());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn value_and_grad<L>(
        &self,
        loss: impl FnOnce(Self::With<Traced<E, D>>) -> L,
    ) -> Result<(E, Self::With<Grads<E, D>>), Error>
    where
        L: Operand<E = E, D = D, S: Scalar, N: Node<E>>,
    {
        let (loss, grads, ()) = self.value_grad_and(|model| (loss(model), ()))?;
        Ok((loss, grads))
    }

    /// The loss, its gradients, and whatever else the closure returns beside the loss.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    /// let (loss, _, largest) = w.value_grad_and(|w| (w.square().sum(), w.max().eval().item()))?;
    /// assert_eq!((loss, largest), (5.0, 2.0));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn value_grad_and<L, T>(
        &self,
        loss: impl FnOnce(Self::With<Traced<E, D>>) -> (L, T),
    ) -> Result<(E, Self::With<Grads<E, D>>, T), Error>
    where
        L: Operand<E = E, D = D, S: Scalar, N: Node<E>>,
    {
        attempt(|| {
            let mut owners = Owners::default();
            let traced = self.map(&mut owners, &Path::ROOT);
            let (loss, rest) = loss(traced);
            let loss = loss.ex();
            const {
                assert!(
                    <<L::N as Lazy<E>>::Grad as Flag>::ON,
                    "the loss does not depend on any parameter of the model"
                );
            }
            let value = loss.materialise();
            let device = loss.device;
            loss.node.accept(device, loss.shape, device.scalar(E::of_f64(1.0)));
            let grads = self.map(&mut Gradients { owners: &owners, next: 0 }, &Path::ROOT);
            (device.download_scalar(&value), grads, rest)
        })
    }

    /// Inference: the closure gets the model as constants. Nothing is kept for a backward, dropout is the identity.
    ///
    /// # Errors
    /// What an operator in the closure found at run time: sizes that differ, indices out of range.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let y = model.infer(|m| m.forward(&Cpu.ones::<Shape![1, 3]>()).softmax().eval())?;
    /// assert!((y.as_slice().iter().sum::<f32>() - 1.0).abs() < 1e-6);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn infer<T>(&self, run: impl FnOnce(Self::With<Frozen<E, D>>) -> T) -> Result<T, Error> {
        attempt(|| {
            let mut owners = Owners::default();
            let frozen = self.map(&mut owners, &Path::ROOT);
            run(frozen)
        })
    }
}
impl<E: Real, D: Device, M: Tree<Weights<E, D>>> Train<E, D> for M {}

macro_rules! handles {
    ($($form:ident)*) => {$(
        impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, $form<E, D>> for Owners<E> {
            fn param(&mut self, _: &Path<'_>, _: &[usize], x: &'a (Buf<E>, D)) -> Handle<D> {
                Handle { key: self.own(x.0.clone()), device: x.1 }
            }
            fn stat(&mut self, _: &Path<'_>, _: &[usize], x: &'a (Buf<E>, D)) -> Handle<D> {
                Handle { key: self.own(x.0.clone()), device: x.1 }
            }
        }
    )*};
}
handles! { Traced Frozen }

/// Collects the gradients in the order of the model.
struct Gradients<'o, E: Real> {
    owners: &'o Owners<E>,
    next: usize,
}

impl<E: Real> Gradients<'_, E> {
    fn take_next(&mut self) -> Option<Buf<E>> {
        self.next += 1;
        self.owners.keys()[self.next - 1].take_gradient()
    }
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Grads<E, D>> for Gradients<'_, E> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (weight, device): &'a (Buf<E>, D)) -> (Buf<E>, D) {
        let gradient = self.take_next().unwrap_or_else(|| device.zeroed(weight.len()));
        (gradient, *device)
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a (Buf<E>, D)) -> Option<Buf<E>> {
        self.take_next()
    }
}
