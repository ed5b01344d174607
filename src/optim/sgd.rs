//! Stochastic gradient descent.

use super::moments::numbers;
use super::rule::decayed;
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Stochastic gradient descent, with momentum where asked for; the formulas are PyTorch's.
///
/// `d = g + weight_decay · w`; with momentum `v ← momentum · v + (1 - dampening) · d` (at first `v = d`), then `d =
/// v`, or
/// with Nesterov's variant `d = d + momentum · v`; at last `w ← w - lr · d`. A velocity beyond its type is infinite,
/// and so is the weight then.
///
/// ```
/// use congruent::prelude::*;
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -1.0]).into();
/// let mut opt = Sgd::new(&w, 0.25);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert_eq!(w.as_slice(), [0.5, -0.5]);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Sgd<M, E = f32, D = crate::device::Cpu> = Optimizer<SgdRule, M, E, D>;

/// The rule of [`Sgd`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdRule {
    momentum: f64,
    dampening: f64,
    nesterov: bool,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<SgdRule, M, E, D> {
    /// Descent along the gradient, without momentum or weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, SgdRule { momentum: 0.0, dampening: 0.0, nesterov: false }, lr, 0.0)
    }

    /// Looks ahead: descends along the gradient plus the velocity that follows from it.
    #[must_use]
    pub fn nesterov(mut self, nesterov: bool) -> Self {
        self.rule.nesterov = nesterov;
        self
    }
}

numbers! { SgdRule;
    /// Keeps this part of the velocity at each step; 0 keeps no velocity at all.
    momentum = not_negative "momentum";
    /// Takes `1 - dampening` of the gradient into the velocity.
    dampening = not_negative "dampening";
}

impl Remember for SgdRule {
    fn state(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["velocity"] }
    }
}

#[diagnostic::do_not_recommend]
impl Rule for SgdRule {
    fn renew<E: Real, D: Device>(&self, Step { lr, weight_decay, .. }: Step, renewal: Renewal<'_, E, D>) {
        if self.momentum == 0.0 {
            return renewal.update(Descent { lr, weight_decay });
        }
        let taken = if renewal.begins() { 1.0 } else { 1.0 - self.dampening };
        let SgdRule { momentum, nesterov, .. } = *self;
        renewal.update(Momentum { lr, weight_decay, momentum, taken, nesterov });
    }
}

#[derive(Clone, Copy)]
struct Descent {
    lr: f64,
    weight_decay: f64,
}

impl Update<0> for Descent {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, _: [V; 0]) -> (V, [V; 0]) {
        let gradient = decayed(gradient, weight, self.weight_decay);
        (gradient.fma(V::c(-self.lr), weight), [])
    }
}

#[derive(Clone, Copy)]
struct Momentum {
    lr: f64,
    weight_decay: f64,
    momentum: f64,
    taken: f64,
    nesterov: bool,
}

impl Update<1> for Momentum {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [velocity]: [V; 1]) -> (V, [V; 1]) {
        let gradient = decayed(gradient, weight, self.weight_decay);
        let velocity = velocity.fma(V::c(self.momentum), gradient * self.taken);
        let along = if self.nesterov { velocity.fma(V::c(self.momentum), gradient) } else { velocity };
        (along.fma(V::c(-self.lr), weight), [velocity])
    }
}
