//! A training step's value and gradients, and inference.

use super::{Frozen, Grads, Handle, Map, Part, Path, Traced, Tree, Weights};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Real;
use crate::error::{Error, attempt};
use crate::graph::{Lazy, Node, Operand, Owner};
use crate::shape::Shape;
use std::cell::RefCell;

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
                assert!(<<L::N as Lazy<E>>::Grad as Flag>::ON, "the loss does not depend on any parameter of the model");
            }
            let value = loss.materialise();
            let device = loss.device;
            loss.node.accept(device, loss.shape, device.scalar(E::of_f64(1.0)));
            let grads = self.map(&mut owners.gradients(), &Path::ROOT);
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

/// Owns the values of a call's handles, in the order of the model; the list itself is used again by the next call.
struct Owners<E: Real> {
    list: Vec<Owner<E>>,
    next: usize,
}

/// Lists that earlier calls left, by element type.
fn spare<E: Real, T>(f: impl FnOnce(&mut Vec<Vec<Owner<E>>>) -> T) -> T {
    thread_local! { static SPARE: RefCell<Vec<Box<dyn std::any::Any>>> = const { RefCell::new(Vec::new()) }; }
    SPARE.with_borrow_mut(|all| {
        let place = all.iter().position(|lists| lists.is::<Vec<Vec<Owner<E>>>>()).unwrap_or_else(|| {
            all.push(Box::new(Vec::<Vec<Owner<E>>>::new()));
            all.len() - 1
        });
        f(all[place].downcast_mut().expect("found by its type"))
    })
}

impl<E: Real> Default for Owners<E> {
    fn default() -> Self {
        Owners { list: spare(Vec::pop).unwrap_or_default(), next: 0 }
    }
}

impl<E: Real> Drop for Owners<E> {
    fn drop(&mut self) {
        let mut list = std::mem::take(&mut self.list);
        list.clear();
        spare(|lists| lists.push(list));
    }
}

impl<E: Real> Owners<E> {
    fn own<D: Copy>(&mut self, (buf, device): &(Buf<E>, D)) -> Handle<D> {
        let owner = Owner::new(buf.clone());
        let key = owner.key();
        self.list.push(owner);
        Handle { key, device: *device }
    }

    fn gradients(&mut self) -> Gradients<'_, E> {
        self.next = 0;
        Gradients(self)
    }

    fn take_next(&mut self) -> Option<Buf<E>> {
        self.next += 1;
        self.list[self.next - 1].key().take_gradient()
    }
}

macro_rules! handles {
    ($($form:ident)*) => {$(
        impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, $form<E, D>> for Owners<E> {
            fn param(&mut self, _: &Path<'_>, _: &[usize], x: &'a (Buf<E>, D)) -> Handle<D> {
                self.own(x)
            }
            fn stat(&mut self, _: &Path<'_>, _: &[usize], x: &'a (Buf<E>, D)) -> Handle<D> {
                self.own(x)
            }
        }
    )*};
}
handles! { Traced Frozen }

struct Gradients<'o, E: Real>(&'o mut Owners<E>);

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Grads<E, D>> for Gradients<'_, E> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (weight, device): &'a (Buf<E>, D)) -> (Buf<E>, D) {
        let gradient = self.0.take_next().unwrap_or_else(|| device.zeroed(weight.len()));
        (gradient, *device)
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a (Buf<E>, D)) -> Option<Buf<E>> {
        self.0.take_next()
    }
}
