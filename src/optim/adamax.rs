//! Adamax: Adam by the largest gradient in place of the mean of squares.

use super::moments::{betas, numbers, taken_in};
use super::rule::decayed;
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Adamax. Kingma and Ba 2014, arXiv:1412.6980, section 7.1; the formulas are PyTorch's.
///
/// `g ← g + weight_decay · w`, `m ← β₁ m + (1 - β₁) g`, `u ← max(β₂ u, |g| + eps)`, `w ← w - lr / (1 - β₁ᵗ) · m / u` at
/// the parameter's step `t`. No square is taken: gradients of any size count as they are. One that is infinite makes
/// the weight NaN.
///
/// ```
/// use congruent::{optim::Adamax, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = Adamax::new(&w, 0.1);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.9).abs() < 1e-6 && (w.as_slice()[1] + 4.9).abs() < 1e-6);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Adamax<M, E = f32, D = crate::device::Cpu> = Optimizer<AdamaxRule, M, E, D>;

/// The rule of [`Adamax`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamaxRule {
    betas: (f64, f64),
    eps: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<AdamaxRule, M, E, D> {
    /// PyTorch's settings: β = (0.9, 0.999), eps 1e-8, no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, AdamaxRule { betas: (0.9, 0.999), eps: 1e-8 }, lr, 0.0)
    }
}

betas!(AdamaxRule);
numbers! { AdamaxRule;
    /// What is added to the size of a gradient.
    eps = not_negative "eps";
}

impl Remember for AdamaxRule {
    fn state(&self) -> &'static [&'static str] {
        &["first_moment", "largest_size"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for AdamaxRule {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, renewal: Renewal<'_, E, D>) {
        let step = lr / taken_in(self.betas.0, number);
        renewal.update(Formula { rule: *self, step, weight_decay });
    }
}

#[derive(Clone, Copy)]
struct Formula {
    rule: AdamaxRule,
    step: f64,
    weight_decay: f64,
}

impl Update<2> for Formula {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [first, largest]: [V; 2]) -> (V, [V; 2]) {
        let AdamaxRule { betas: (beta1, beta2), eps } = self.rule;
        let gradient = decayed(gradient, weight, self.weight_decay);
        // Not by the difference of the two, which may be larger than both.
        let first = first.fma(V::c(beta1), gradient * (1.0 - beta1));
        let largest = (largest * beta2).maximum(gradient.abs() + eps);
        ((first / largest).fma(V::c(-self.step), weight), [first, largest])
    }
}
