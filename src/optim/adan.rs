//! Adan: Adam whose momentum looks ahead by the difference of gradients.

use super::moments::{numbers, taken_in};
use super::optimizer::below_one;
use super::rule::{bounded, most};
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Adan. Xie et al. 2022, arXiv:2208.06677; the formulas are those of the authors' program, whose betas are one less
/// those of the paper.
///
/// `δ = g - g₋` is the difference from the gradient before, 0 at first; `m ← β₁ m + (1 - β₁) g`,
/// `d ← β₂ d + (1 - β₂) δ`, `v ← β₃ v + (1 - β₃) (g + β₂ δ)²`; `w ← w - lr · (m̂ + β₂ d̂) / (√v̂ + eps)` with
/// `m̂ = m / (1 - β₁ᵗ)` and their like at the parameter's step `t`; at last `w ← w / (1 + lr · weight_decay)`.
/// Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) count as that large, as for [`Adam`](super::Adam).
///
/// ```
/// use congruent::{optim::Adan, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = Adan::new(&w, 0.1);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.9).abs() < 1e-6 && (w.as_slice()[1] + 4.9).abs() < 1e-6);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Adan<M, E = f32, D = crate::device::Cpu> = Optimizer<AdanRule, M, E, D>;

/// The rule of [`Adan`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdanRule {
    betas: [f64; 3],
    eps: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<AdanRule, M, E, D> {
    /// The authors' settings: β = (0.98, 0.92, 0.99), eps 1e-8, no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, AdanRule { betas: [0.98, 0.92, 0.99], eps: 1e-8 }, lr, 0.0)
    }

    /// Which part each step keeps of the averages of gradients, of their differences, and of squares. A part that is
    /// negative, 1 or more, or NaN raises [`Error::Value`](crate::Error::Value).
    #[must_use]
    #[track_caller]
    pub fn betas(mut self, first: f64, second: f64, third: f64) -> Self {
        let [first, second] = [below_one("first beta", first), below_one("second beta", second)];
        let betas = [first, second, below_one("third beta", third)];
        self.change_rules(|rule| rule.betas = betas);
        self
    }
}

numbers! { AdanRule;
    /// What is added to the root of the average of squares.
    eps = not_negative "eps";
}

impl Remember for AdanRule {
    fn state(&self) -> &'static [&'static str] {
        &["first_moment", "difference", "second_moment", "previous_gradient"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for AdanRule {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, renewal: Renewal<'_, E, D>) {
        let [first, second, third] = self.betas.map(|beta| taken_in(beta, number));
        let begins = renewal.begins();
        renewal.update(Formula {
            rule: *self,
            begins,
            along: lr / first,
            ahead: lr * self.betas[1] / second,
            root: third.sqrt(),
            divisor: 1.0 + lr * weight_decay,
            most: most::<E>(),
        });
    }
}

#[derive(Clone, Copy)]
struct Formula {
    rule: AdanRule,
    /// Whether there is no gradient before this one.
    begins: bool,
    along: f64,
    ahead: f64,
    root: f64,
    divisor: f64,
    most: f64,
}

impl Update<4> for Formula {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [average, difference, square, before]: [V; 4]) -> (V, [V; 4]) {
        let AdanRule { betas: [beta1, beta2, beta3], eps } = self.rule;
        let gradient = bounded(gradient, self.most);
        let change = gradient - if self.begins { gradient } else { before };
        let average = average.fma(V::c(beta1), gradient * (1.0 - beta1));
        let difference = difference.fma(V::c(beta2), change * (1.0 - beta2));
        let ahead = change.fma(V::c(beta2), gradient);
        let square = square.fma(V::c(beta3), ahead * ahead * (1.0 - beta3));
        let step = average.fma(V::c(self.along), difference * self.ahead) / (square.sqrt() / self.root + eps);
        ((weight - step) / self.divisor, [average, difference, square, gradient])
    }
}
