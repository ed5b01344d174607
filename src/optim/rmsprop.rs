//! RMSprop and Adagrad: steps divided by the size that gradients have had so far.

use super::moments::numbers;
use super::rule::{bounded, decayed, most};
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// RMSprop. Tieleman and Hinton 2012; the formulas are PyTorch's.
///
/// `g ← g + weight_decay · w`, `v ← alpha · v + (1 - alpha) g²`, `d = g / (√v + eps)`; with momentum
/// `b ← momentum · b + d`, then `d = b`; at last `w ← w - lr · d`. Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) count as that
/// large, as for [`Adam`](super::Adam).
///
/// ```
/// use congruent::{optim::RmsProp, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = RmsProp::new(&w, 0.01);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.9).abs() < 1e-6 && (w.as_slice()[1] + 4.9).abs() < 1e-6);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type RmsProp<M, E = f32, D = crate::device::Cpu> = Optimizer<RmsPropRule, M, E, D>;

/// The rule of [`RmsProp`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsPropRule {
    alpha: f64,
    eps: f64,
    momentum: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<RmsPropRule, M, E, D> {
    /// PyTorch's settings: alpha 0.99, eps 1e-8, no momentum, no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, RmsPropRule { alpha: 0.99, eps: 1e-8, momentum: 0.0 }, lr, 0.0)
    }
}

numbers! { RmsPropRule;
    /// Which part of the running average each step keeps.
    alpha = below_one "alpha";
    /// What is added to the root of the average.
    eps = not_negative "eps";
    /// Keeps this part of the velocity at each step; 0 keeps no velocity at all.
    momentum = not_negative "momentum";
}

impl Remember for RmsPropRule {
    fn state(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &["mean_square"] } else { &["mean_square", "velocity"] }
    }
}

#[diagnostic::do_not_recommend]
impl Rule for RmsPropRule {
    fn renew<E: Real, D: Device>(&self, Step { lr, weight_decay, .. }: Step, renewal: Renewal<'_, E, D>) {
        let RmsPropRule { alpha, eps, momentum } = *self;
        let scaling = Scaling { weight_decay, keep: alpha, take: 1.0 - alpha, eps, most: most::<E>() };
        if momentum == 0.0 {
            return renewal.update(Scaled { lr, scaling });
        }
        renewal.update(ScaledMomentum { lr, scaling, momentum });
    }
}

/// Adagrad. Duchi, Hazan and Singer 2011; the formulas are PyTorch's.
///
/// `g ← g + weight_decay · w`, `v ← v + g²`, `w ← w - lr / (1 + (t - 1) · lr_decay) · g / (√v + eps)` at the
/// parameter's step `t`. Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) count as that large, as for [`Adam`](super::Adam).
///
/// ```
/// use congruent::{optim::Adagrad, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = Adagrad::new(&w, 0.1);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.9).abs() < 1e-6 && (w.as_slice()[1] + 4.9).abs() < 1e-6);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Adagrad<M, E = f32, D = crate::device::Cpu> = Optimizer<AdagradRule, M, E, D>;

/// The rule of [`Adagrad`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdagradRule {
    lr_decay: f64,
    eps: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<AdagradRule, M, E, D> {
    /// PyTorch's settings: no decay of learning rate or weights, eps 1e-10.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, AdagradRule { lr_decay: 0.0, eps: 1e-10 }, lr, 0.0)
    }
}

numbers! { AdagradRule;
    /// How fast the learning rate decays.
    lr_decay = not_negative "decay of the learning rate";
    /// What is added to the root of the sum.
    eps = not_negative "eps";
}

impl Remember for AdagradRule {
    fn state(&self) -> &'static [&'static str] {
        &["sum_of_squares"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for AdagradRule {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, renewal: Renewal<'_, E, D>) {
        let lr = lr / (1.0 + (number - 1) as f64 * self.lr_decay);
        let scaling = Scaling { weight_decay, keep: 1.0, take: 1.0, eps: self.eps, most: most::<E>() };
        renewal.update(Scaled { lr, scaling });
    }
}

/// A gradient divided by the root of what is kept of the squares.
#[derive(Clone, Copy)]
struct Scaling {
    weight_decay: f64,
    keep: f64,
    take: f64,
    eps: f64,
    most: f64,
}

impl Scaling {
    /// The direction, and what is kept of the squares.
    #[cfg_attr(optimised, inline(always))]
    fn direction<V: Num>(self, weight: V, gradient: V, square: V) -> (V, V) {
        let gradient = bounded(decayed(gradient, weight, self.weight_decay), self.most);
        let square = square.fma(V::c(self.keep), gradient * gradient * self.take);
        (gradient / (square.sqrt() + self.eps), square)
    }
}

#[derive(Clone, Copy)]
struct Scaled {
    lr: f64,
    scaling: Scaling,
}

impl Update<1> for Scaled {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [square]: [V; 1]) -> (V, [V; 1]) {
        let (along, square) = self.scaling.direction(weight, gradient, square);
        (along.fma(V::c(-self.lr), weight), [square])
    }
}

#[derive(Clone, Copy)]
struct ScaledMomentum {
    lr: f64,
    scaling: Scaling,
    momentum: f64,
}

impl Update<2> for ScaledMomentum {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [square, velocity]: [V; 2]) -> (V, [V; 2]) {
        let (along, square) = self.scaling.direction(weight, gradient, square);
        let velocity = velocity.fma(V::c(self.momentum), along);
        (velocity.fma(V::c(-self.lr), weight), [square, velocity])
    }
}
