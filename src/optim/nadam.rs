//! NAdam: Adam that looks ahead, as Nesterov's momentum does.

use super::moments::{Averages, Decay, betas, numbers, taken_in};
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// NAdam. Dozat 2016, "Incorporating Nesterov Momentum into Adam"; the formulas are PyTorch's.
///
/// `g`, `m`, `v` and `v̂` as [`Adam`](super::Adam) has them, and at the parameter's step `t`
/// `µₜ = β₁ (1 - 0.96^(t · momentum_decay) / 2)`, `Πₜ = µ₁ · .. · µₜ`;
/// `w ← w - lr · (µₜ₊₁ m / (1 - Πₜ₊₁) + (1 - µₜ) g / (1 - Πₜ)) / (√v̂ + eps)`. Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰)
/// count as that large.
///
/// ```
/// use congruent::{optim::NAdam, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = NAdam::new(&w, 0.1);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!(w.as_slice()[0] < 0.9 && w.as_slice()[1] > -4.9); // further than Adam
/// # Ok::<(), congruent::Error>(())
/// ```
pub type NAdam<M, E = f32, D = crate::device::Cpu> = Optimizer<NAdamRule, M, E, D>;

/// The rule of [`NAdam`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NAdamRule {
    betas: (f64, f64),
    eps: f64,
    momentum_decay: f64,
    decoupled: bool,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<NAdamRule, M, E, D> {
    /// PyTorch's settings: β = (0.9, 0.999), eps 1e-8, momentum decay 0.004, no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        let rule = NAdamRule { betas: (0.9, 0.999), eps: 1e-8, momentum_decay: 4e-3, decoupled: false };
        Self::with_rule(model, rule, lr, 0.0)
    }

    /// Lets the weight decay apart from the gradient, as [`AdamW`](super::AdamW) does.
    #[must_use]
    pub fn decoupled(mut self, decoupled: bool) -> Self {
        self.change_rules(|rule| rule.decoupled = decoupled);
        self
    }
}

betas!(NAdamRule);
numbers! { NAdamRule;
    /// What is added to the root of the second average.
    eps = not_negative "eps";
    /// How fast the momentum grows from half of the first beta to all of it.
    momentum_decay = not_negative "decay of the momentum";
}

impl NAdamRule {
    /// `µₜ`
    fn momentum(&self, number: u64) -> f64 {
        self.betas.0 * (1.0 - 0.5 * 0.96f64.powf(number as f64 * self.momentum_decay))
    }

    /// `Πₜ`. What is below the precision of `1 - Π` is as good as 0: with the usual settings some 50 factors make it,
    /// however long the run is. From where the momentum no longer grows on the factors are one power.
    fn product(&self, number: u64) -> f64 {
        let mut product = 1.0;
        for t in 1..=number {
            let momentum = self.momentum(t);
            if momentum == self.betas.0 {
                return product * momentum.powf((number - t + 1) as f64);
            }
            product *= momentum;
            if product < 1e-18 {
                return 0.0;
            }
        }
        product
    }
}

impl Remember for NAdamRule {
    fn state(&self) -> &'static [&'static str] {
        &["first_moment", "second_moment"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for NAdamRule {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, renewal: Renewal<'_, E, D>) {
        let (product, next) = (self.product(number), self.momentum(number.saturating_add(1)));
        renewal.update(Formula {
            averages: Averages::new::<E>(self.betas, Decay::new(self.decoupled, lr, weight_decay)),
            now: lr * (1.0 - self.momentum(number)) / (1.0 - product),
            ahead: lr * next / (1.0 - product * next),
            root: taken_in(self.betas.1, number).sqrt(),
            eps: self.eps,
        });
    }
}

#[derive(Clone, Copy)]
struct Formula {
    averages: Averages,
    now: f64,
    ahead: f64,
    root: f64,
    eps: f64,
}

impl Update<2> for Formula {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, state: [V; 2]) -> (V, [V; 2]) {
        let (gradient, [first, second]) = self.averages.renew(weight, gradient, state);
        let size = second.sqrt() / self.root + self.eps;
        let along = gradient.fma(V::c(self.now), first * self.ahead);
        (self.averages.decay.kept(weight) - along / size, [first, second])
    }
}
