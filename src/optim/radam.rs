//! RAdam: Adam that waits with its second average until that is known well enough.

use super::moments::{Averages, Decay, betas, numbers, taken_in};
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// RAdam. Liu et al. 2019, arXiv:1908.03265; the formulas are PyTorch's.
///
/// `m`, `v` and `m̂` as [`Adam`](super::Adam) has them; `ρ∞ = 2 / (1 - β₂) - 1` and, at the parameter's step `t`,
/// `ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ)`. Where `ρ > 5`, `w ← w - lr · m̂ · r · √(1 - β₂ᵗ) / (√v + eps)` with
/// `r = √((ρ - 4) (ρ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρ))`; before that `w ← w - lr · m̂`: five steps with the usual betas.
/// Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) count as that large.
///
/// ```
/// use congruent::{optim::RAdam, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = RAdam::new(&w, 0.1);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.8).abs() < 1e-6 && (w.as_slice()[1] + 4.0).abs() < 1e-6); // along the gradient
/// # Ok::<(), congruent::Error>(())
/// ```
pub type RAdam<M, E = f32, D = crate::device::Cpu> = Optimizer<RAdamRule, M, E, D>;

/// The rule of [`RAdam`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RAdamRule {
    betas: (f64, f64),
    eps: f64,
    decoupled: bool,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<RAdamRule, M, E, D> {
    /// PyTorch's settings: β = (0.9, 0.999), eps 1e-8, no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, RAdamRule { betas: (0.9, 0.999), eps: 1e-8, decoupled: false }, lr, 0.0)
    }

    /// Lets the weight decay apart from the gradient, as [`AdamW`](super::AdamW) does.
    #[must_use]
    pub fn decoupled(mut self, decoupled: bool) -> Self {
        self.change_rules(|rule| rule.decoupled = decoupled);
        self
    }
}

betas!(RAdamRule);
numbers! { RAdamRule;
    /// What is added to the root of the second average.
    eps = not_negative "eps";
}

/// What a step is multiplied by once its variance is known: `r · √(1 - β₂ᵗ)`.
fn rectified(beta: f64, number: u64) -> Option<f64> {
    let (taken, most) = (taken_in(beta, number), 2.0 / (1.0 - beta) - 1.0);
    let length = most - 2.0 * number as f64 * (1.0 - taken) / taken;
    let ratio = (length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length);
    (length > 5.0).then(|| (ratio * taken).sqrt())
}

impl Remember for RAdamRule {
    fn state(&self) -> &'static [&'static str] {
        &["first_moment", "second_moment"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for RAdamRule {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, renewal: Renewal<'_, E, D>) {
        let averages = Averages::new::<E>(self.betas, Decay::new(self.decoupled, lr, weight_decay));
        let (step, factor) = (lr / taken_in(self.betas.0, number), rectified(self.betas.1, number));
        let (step, adaptive) = (step * factor.unwrap_or(1.0), factor.is_some());
        renewal.update(Formula { averages, step, adaptive, eps: self.eps });
    }
}

#[derive(Clone, Copy)]
struct Formula {
    averages: Averages,
    step: f64,
    adaptive: bool,
    eps: f64,
}

impl Update<2> for Formula {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, state: [V; 2]) -> (V, [V; 2]) {
        let (_, [first, second]) = self.averages.renew(weight, gradient, state);
        let along = if self.adaptive { first / (second.sqrt() + self.eps) } else { first };
        (along.fma(V::c(-self.step), self.averages.decay.kept(weight)), [first, second])
    }
}
