//! A training step's value and gradients, and inference.

use super::{Frozen, Gradient, Grads, Handle, Map, Part, Path, Traced, Tree, Weights};
use crate::device::{Buf, Device, Storage};
use crate::dtype::{Elem, Real};
use crate::error::{Error, attempt};
use crate::graph::{Borrowed, Differentiable, Keeping, Key, Kind, Lazy, Node, Operand, complete};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The shape of a loss.
#[diagnostic::on_unimplemented(
    message = "the loss must be a scalar, but its shape is `{Self}`",
    label = "gradient of a non-scalar",
    note = "reduce it first: `.sum()` or `.mean()`"
)]
pub trait ScalarShape: Shape {}
impl ScalarShape for () {}

/// Forms that can be trained and asked: those that own their tensors.
#[diagnostic::on_unimplemented(
    message = "a model of `{Self}` has no gradients: it holds no tensors of its own",
    label = "`{Self}` are not `Weights`",
    note = "call `value_and_grad` and `infer` on the model itself, outside of their closures"
)]
pub trait Trainable: Part<Raw = Owned<Self>, Stat = Kept<Self>> {}
#[diagnostic::do_not_recommend]
impl<E: Real, D: Device> Trainable for Weights<E, D> {}

/// What stands for a parameter in a part that owns it.
type Owned<P> = (Buf<<P as Kind>::Elem>, <P as Kind>::Dev);

/// What stands for a statistic in a part that owns it.
type Kept<P> = (Buf<<<P as Kind>::Elem as Real>::Precise>, <P as Kind>::Dev);

/// The model `M` of part `P` as the variables of a training step: what the closure of
/// [`value_and_grad`](Train::value_and_grad) gets.
pub type TracedForm<M, P> = <M as Tree<P>>::With<Traced<<P as Kind>::Elem, <P as Kind>::Dev>>;

/// The model `M` of part `P` as constants: what the closure of [`infer`](Train::infer) gets.
pub type FrozenForm<M, P> = <M as Tree<P>>::With<Frozen<<P as Kind>::Elem, <P as Kind>::Dev>>;

/// The gradients of the model `M`.
pub(super) type GradsForm<M, P> = <M as Tree<P>>::With<Grads<<P as Kind>::Elem, <P as Kind>::Dev>>;

/// Training and inference, for every model that holds [`Weights`].
///
/// The methods exist for models of every part, so that the compiler can say why a part cannot be trained.
pub trait Train<P: Part>: Tree<P> {
    /// The loss and its gradients: the same struct, a gradient in place of each parameter.
    ///
    /// The closure gets the model with every parameter a `Copy` variable. A parameter that the loss does not use has no
    /// gradient ([`reached`](super::Param::reached) says so), reads as zeros, and is left alone by the optimizer's
    /// step. NaN in the loss is returned as NaN, and its gradients are what the formulas give.
    ///
    /// Calls may stand inside of one another, as with `jax.grad` and `torch.autograd.grad`: each gives the gradients of
    /// what it was called on. The variables of the calls around it are constants to it, and its gradients are numbers
    /// to them.
    ///
    /// # Errors
    /// What an operator in the closure found at run time: sizes that differ, labels or indices out of range.
    /// [`Error::NoGradient`] where no gradient reached any parameter, [`Error::NoKey`] where dropout has no key.
    /// [`Error::Cut`] where a parameter was used by [`eval`](crate::ops::Evaluate::eval) and no gradient reaches it: it
    /// would never learn.
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
        loss: impl FnOnce(TracedForm<Self, P>) -> L,
    ) -> Result<(P::Elem, GradsForm<Self, P>), Error>
    where
        P: Trainable,
        L: Operand<E = P::Elem, D = P::Dev, S: ScalarShape, N: Node<P::Elem>>,
    {
        let (loss, grads, ()) = self.value_grad_and(|model| (loss(model), ()))?;
        Ok((loss, grads))
    }

    /// [`value_and_grad`](Train::value_and_grad) whose loss stays on its device: a number that is asked for comes back
    /// when everything before it is done, and the step need not wait for that. `loss.item()` is the wait.
    ///
    /// # Errors
    /// As for [`value_and_grad`](Train::value_and_grad).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<1>>::new(Key::new(0));
    /// let (x, y) = (Cpu.ones::<Shape![4, 3]>(), Cpu.zeros::<Shape![4, 1]>());
    /// let (loss, grads) = model.loss_and_grad(|m| m.forward(&x).mse(&y))?;
    /// assert!(loss.item() >= 0.0 && grads.weight.reached());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn loss_and_grad<L>(
        &self,
        loss: impl FnOnce(TracedForm<Self, P>) -> L,
    ) -> Result<(Tensor<(), P::Elem, P::Dev>, GradsForm<Self, P>), Error>
    where
        P: Trainable,
        L: Operand<E = P::Elem, D = P::Dev, S: ScalarShape, N: Node<P::Elem>>,
    {
        let keep = |device, value: &Buf<P::Elem>| Tensor { buf: value.clone(), shape: (), device };
        let (loss, grads, ()) = differentiated(self, 1.0, |model| (loss(model), ()), keep)?;
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
        loss: impl FnOnce(TracedForm<Self, P>) -> (L, T),
    ) -> Result<(P::Elem, GradsForm<Self, P>, T), Error>
    where
        P: Trainable,
        L: Operand<E = P::Elem, D = P::Dev, S: ScalarShape, N: Node<P::Elem>>,
    {
        differentiated(self, 1.0, loss, |device, value| device.download_scalar(value))
    }

    /// Gradients of which none has arrived: what others are added to by
    /// [`accumulate`](super::GradMath::accumulate), as over micro-batches. They read as zeros.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let mut grads = model.zero_grads();
    /// assert!(!grads.weight.reached() && grads.bias.as_slice() == [0.0, 0.0]);
    /// grads.accumulate(&model.value_and_grad(|m| m.bias.sum())?.1);
    /// assert!(!grads.weight.reached() && grads.bias.as_slice() == [1.0, 1.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn zero_grads(&self) -> GradsForm<Self, P>
    where
        P: Trainable,
    {
        self.map(&mut NothingYet, &Path::ROOT)
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
    fn infer<T>(&self, run: impl FnOnce(FrozenForm<Self, P>) -> T) -> Result<T, Error>
    where
        P: Trainable,
    {
        attempt(|| {
            Borrowed::during(|constants| {
                let _keeping = Keeping::open_first();
                run(self.map(constants, &Path::ROOT))
            })
        })
    }
}
impl<P: Part, M: Tree<P>> Train<P> for M {}

// Models are structs of users, who may have put any memory in place of a tensor's: it is looked at before loops run.
macro_rules! handles {
    ($($form:ident)*) => {$(
        impl<'a, P: Trainable> Map<'a, P, $form<P::Elem, P::Dev>> for Borrowed<'a> {
            fn param(&mut self, _: &Path<'_>, _: &[usize], x: &'a Owned<P>) -> Handle<P::Dev> {
                x.1.own(&x.0);
                Handle { key: self.show(&x.0), device: x.1 }
            }
            fn stat(&mut self, _: &Path<'_>, _: &[usize], x: &'a Kept<P>) -> Handle<P::Dev> {
                x.1.own(&x.0);
                Handle { key: self.show(&x.0), device: x.1 }
            }
        }
    )*};
}
handles! { Traced Frozen }

/// What is kept of the loss, its gradients times a number, and what the closure returns beside the loss.
#[inline]
pub(super) fn differentiated<P, M, L, T, V>(
    model: &M,
    scale: f64,
    loss: impl FnOnce(TracedForm<M, P>) -> (L, T),
    keep: impl FnOnce(P::Dev, &Buf<P::Elem>) -> V,
) -> Result<(V, GradsForm<M, P>, T), Error>
where
    P: Trainable,
    M: Tree<P>,
    L: Operand<E = P::Elem, D = P::Dev, S: ScalarShape, N: Node<P::Elem>>,
{
    let run = |variables: &mut Borrowed<'_>, traced: TracedForm<M, P>| {
        let keeping = Keeping::open();
        let (loss, rest) = loss(traced);
        let loss = loss.ex();
        let device = loss.device;
        let value = match loss.node.memory().and_then(|there| there.whole(loss.shape)) {
            Some(value) => keep(device, value),
            None => keep(device, &loss.materialise()),
        };
        let kept = keeping.close();
        complete(|| loss.node.accept(device, loss.shape, device.scalar(P::Elem::of_f64(scale))));
        kept.complete();
        let mut gradients = Gradients { variables, next: 0, reached: false, cut: Vec::new() };
        let grads = model.map(&mut gradients, &Path::ROOT);
        match gradients.cut {
            parameters if !parameters.is_empty() => Err(Error::Cut { parameters }),
            _ if !gradients.reached => Err(Error::NoGradient),
            _ => Ok((value, grads, rest)),
        }
    };
    attempt(|| {
        Borrowed::during(|variables| {
            let traced = model.map(variables, &Path::ROOT);
            run(variables, traced)
        })
    })?
}

/// The parameter's name in messages.
#[cold]
fn named(at: &Path<'_>) -> String {
    match at.to_string() {
        name if name.is_empty() => "the parameter".to_owned(),
        name => format!("`{name}`"),
    }
}

/// Makes gradients of which none has arrived.
struct NothingYet;

impl<'a, P: Trainable> Map<'a, P, Grads<P::Elem, P::Dev>> for NothingYet {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (weight, device): &'a Owned<P>) -> Gradient<P::Elem, P::Dev> {
        Gradient::new(*device, weight.len(), None)
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a Kept<P>) -> Option<Buf<<P::Elem as Real>::Precise>> {
        None
    }
}

/// Collects the gradients in the order of the model.
struct Gradients<'o> {
    variables: &'o Borrowed<'o>,
    next: usize,
    /// A gradient has come to a parameter. The run says so, for graphs of functions that return `impl Node` do not show
    /// to the compiler whether they depend on one.
    reached: bool,
    /// Parameters without gradient that were read by `eval`.
    cut: Vec<String>,
}

impl Gradients<'_> {
    fn next(&mut self) -> Key {
        self.next += 1;
        self.variables.keys()[self.next - 1]
    }
}

impl<'a, P: Trainable> Map<'a, P, Grads<P::Elem, P::Dev>> for Gradients<'_> {
    fn param(&mut self, at: &Path<'_>, _: &[usize], (weight, device): &'a Owned<P>) -> Gradient<P::Elem, P::Dev> {
        let key = self.next();
        let gradient = key.take_gradient();
        if gradient.is_none() && key.is_cut() {
            self.cut.push(named(at));
        }
        self.reached |= gradient.is_some();
        Gradient::new(*device, weight.len(), gradient)
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a Kept<P>) -> Option<Buf<<P::Elem as Real>::Precise>> {
        self.next().take_gradient()
    }
}
