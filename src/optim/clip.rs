//! Clipping of gradients, between `value_and_grad` and the optimizer's step.

use super::optimizer::another_model;
use super::{Optimizer, Remember};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::Pointwise1;
use crate::model::{Each, EachMut, Gradient, Grads, LongNorm, Map, Path, Tree, Weights};
use crate::ops::arithmetic::Affine;
use crate::ops::unary::Clamp;

/// Scales all gradients of a model by one factor so that their norm, as one long vector, is at most `max`; returns the
/// norm before. 0 makes all of them 0, and infinity leaves them as they are; a limit that is negative or NaN raises
/// [`Error::Value`](crate::Error::Value), where PyTorch turns the gradients around or spoils them.
///
/// The factor is PyTorch's `max / (norm + 1e-6)`. The norm neither overflows nor vanishes on the way, however large or
/// small the gradients are. Where it is NaN or infinite the gradients stay as they are: look at what is returned before
/// such a step is taken. Parameters that no gradient reached do not count;
/// [`Optimizer::clip_grad_norm`] leaves out those that it does not train, too.
///
/// ```
/// use congruent::{optim::clip_grad_norm, prelude::*};
/// let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
/// let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
/// assert_eq!(clip_grad_norm(&mut grads, 1.0), 5.0);
/// assert!((grads.as_slice()[1] - 0.8).abs() < 1e-5);
/// # Ok::<(), congruent::Error>(())
/// ```
#[track_caller]
pub fn clip_grad_norm<E: Real, D: Device, G: Tree<Grads<E, D>>>(grads: &mut G, max: f64) -> f64 {
    scale_to(grads, max, Norm::new(Vec::new()))
}

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// [`clip_grad_norm`] of the parameters that this optimizer trains: where [`lr_factor`](super::Hyper::lr_factor) is
    /// 0, the gradient does not count.
    ///
    /// Gradients of another number of parameters raise [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model: (Param<Shape![1]>, Param<Shape![1]>) = (Cpu.tensor([3.0]).into(), Cpu.tensor([4.0]).into());
    /// let opt = Sgd::new(&model, 0.1).group(|name, hyper| if name == "1" { hyper.lr_factor = 0.0 });
    /// let (_, mut grads) = model.value_and_grad(|(a, b)| (a.square() + b.square()).sum())?;
    /// assert_eq!(opt.clip_grad_norm(&mut grads, 60.0), 6.0); // not 10
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn clip_grad_norm(&self, grads: &mut M::With<Grads<E, D>>, max: f64) -> f64 {
        scale_to(grads, max, Norm::new(self.frozen()))
    }
}

#[track_caller]
fn scale_to<E: Real, D: Device, G: Tree<Grads<E, D>>>(grads: &mut G, max: f64, mut norm: Norm) -> f64 {
    let max = limit(max);
    let _ = Tree::map::<Each<(), E, D>, _>(grads, &mut norm, &Path::ROOT);
    if !norm.frozen.is_empty() && norm.frozen.len() != norm.parameters {
        raise(another_model(norm.parameters));
    }
    let norm = norm.sum.value();
    let factor = max / (norm + 1e-6);
    if norm.is_finite() && factor < 1.0 {
        // A factor that is no normal number of the type is one of few digits: twice its root.
        let (slope, times) = if factor < 1e-30 { (factor.sqrt(), 2) } else { (factor, 1) };
        for _ in 0..times {
            grads.each_mut(&mut Apply(Affine { slope, shift: 0.0 }), &Path::ROOT);
        }
    }
    norm
}

/// A limit that sizes can have.
#[track_caller]
pub(super) fn limit(max: f64) -> f64 {
    if max >= 0.0 {
        return max;
    }
    raise(Error::Value { what: "limit of gradients", found: max.to_string(), rule: "it is a number from 0 on" })
}

/// Moves every element of all gradients into `[-max, max]`; NaN stays. A limit that is negative or NaN raises
/// [`Error::Value`](crate::Error::Value).
///
/// ```
/// use congruent::{optim::clip_grad_value, prelude::*};
/// let w: Param<Shape![2]> = Cpu.tensor([3.0, -0.5]).into();
/// let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
/// clip_grad_value(&mut grads, 1.0);
/// assert_eq!(grads.as_slice(), [1.0, -0.5]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[track_caller]
pub fn clip_grad_value<E: Real, D: Device, G: Tree<Grads<E, D>>>(grads: &mut G, max: f64) {
    let max = limit(max);
    grads.each_mut(&mut Apply(Clamp { min: -max, max }), &Path::ROOT);
}

/// The norm of all gradients that count.
struct Norm {
    sum: LongNorm,
    /// Which parameters do not count; none are known where the list is empty.
    frozen: Vec<bool>,
    parameters: usize,
}

impl Norm {
    fn new(frozen: Vec<bool>) -> Self {
        Norm { sum: LongNorm::new(), frozen, parameters: 0 }
    }
}

impl<'a, E: Real, D: Device> Map<'a, Grads<E, D>, Each<(), E, D>> for Norm {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &'a Gradient<E, D>) {
        self.parameters += 1;
        if !self.frozen.get(self.parameters - 1).is_some_and(|&frozen| frozen) {
            self.sum.add(gradient);
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a Option<Buf<E::Precise>>) {}
}

/// Applies a formula to every element.
struct Apply<Op>(Op);

impl<E: Real, D: Device, Op: Pointwise1> EachMut<Grads<E, D>> for Apply<Op> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<E, D>) {
        gradient.apply(self.0);
    }
}
