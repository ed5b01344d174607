//! Adadelta: steps as long as steps have been so far, for gradients as large as they have been.

use super::moments::numbers;
use super::rule::{bounded, decayed, most};
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Adadelta. Zeiler 2012, arXiv:1212.5701; the formulas are PyTorch's.
///
/// `g ← g + weight_decay · w`, `v ← rho · v + (1 - rho) g²`, `d = √(u + eps) / √(v + eps) · g`,
/// `u ← rho · u + (1 - rho) d²`, `w ← w - lr · d`. Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) count as that large, as for
/// [`Adam`](super::Adam). PyTorch's learning rate is 1.
///
/// ```
/// use congruent::{optim::Adadelta, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = Adadelta::new(&w, 1.0);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.99684).abs() < 1e-5); // √1e-6 / √(0.1 · 2²) · 2
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Adadelta<M, E = f32, D = crate::device::Cpu> = Optimizer<AdadeltaRule, M, E, D>;

/// The rule of [`Adadelta`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdadeltaRule {
    rho: f64,
    eps: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<AdadeltaRule, M, E, D> {
    /// PyTorch's settings: rho 0.9, eps 1e-6, no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, AdadeltaRule { rho: 0.9, eps: 1e-6 }, lr, 0.0)
    }
}

numbers! { AdadeltaRule;
    /// Which part of both running averages each step keeps.
    rho = below_one "rho";
    /// What is added to both averages before their roots are taken: what the first steps are made of.
    eps = not_negative "eps";
}

impl Remember for AdadeltaRule {
    fn state(&self) -> &'static [&'static str] {
        &["mean_square", "mean_square_of_steps"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for AdadeltaRule {
    fn renew<E: Real, D: Device>(&self, Step { lr, weight_decay, .. }: Step, renewal: Renewal<'_, E, D>) {
        renewal.update(Formula { rule: *self, lr, weight_decay, most: most::<E>() });
    }
}

#[derive(Clone, Copy)]
struct Formula {
    rule: AdadeltaRule,
    lr: f64,
    weight_decay: f64,
    most: f64,
}

impl Update<2> for Formula {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [square, taken]: [V; 2]) -> (V, [V; 2]) {
        let AdadeltaRule { rho, eps } = self.rule;
        let gradient = bounded(decayed(gradient, weight, self.weight_decay), self.most);
        let square = square.fma(V::c(rho), gradient * gradient * (1.0 - rho));
        let along = (taken + eps).sqrt() / (square + eps).sqrt() * gradient;
        let taken = taken.fma(V::c(rho), along * along * (1.0 - rho));
        (along.fma(V::c(-self.lr), weight), [square, taken])
    }
}
