//! Adam and AdamW, which differ only in where the weight decays.

use super::optimizer::{below_one, bounded, decayed, most, not_negative};
use super::{Optimizer, Remembered, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Adam; weight decay, if any, is added to the gradient. Kingma and Ba 2014, arXiv:1412.6980; the formulas are
/// PyTorch's.
///
/// `g ← g + weight_decay · w`, `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`,
/// `w ← w - lr · m̂ / (√v̂ + eps)` with `m̂ = m / (1 - β₁ᵗ)` and `v̂ = v / (1 - β₂ᵗ)` at the parameter's step `t`.
///
/// A gradient beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) counts as that large: its square would be
/// infinite, and stop the parameter for good. One that is infinite itself makes the weight NaN.
///
/// ```
/// use congruent::prelude::*;
/// let mut w: Param<Shape![2]> = Cpu.tensor([1.0, -5.0]).into();
/// let mut opt = Adam::new(&w, 0.1);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - 0.9).abs() < 1e-6 && (w.as_slice()[1] + 4.9).abs() < 1e-6);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Adam<M, E = f32, D = crate::device::Cpu> = Optimizer<AdamRule<false>, M, E, D>;

/// Adam with decoupled weight decay, 0.01 where nothing is said: first `w ← w - lr · weight_decay · w`, then the step
/// of
/// [`Adam`] without decay. Loshchilov and Hutter 2017, arXiv:1711.05101; the formulas are PyTorch's.
///
/// ```
/// use congruent::prelude::*;
/// let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
/// let mut opt = AdamW::new(&model, 1e-2)
///     .weight_decay(0.1)
///     .group(|name, hyper| if name.ends_with("bias") { hyper.weight_decay = 0.0 });
/// let (x, labels) = (Cpu.ones::<Shape![4, 3]>(), Cpu.tensor([0, 1, 1, 1]));
/// let (before, grads) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&labels))?;
/// opt.step(&mut model, &grads);
/// let (after, _) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&labels))?;
/// assert!(after < before);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type AdamW<M, E = f32, D = crate::device::Cpu> = Optimizer<AdamRule<true>, M, E, D>;

/// The rule of [`Adam`] and, where the decay is decoupled, of [`AdamW`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamRule<const DECOUPLED: bool> {
    betas: (f64, f64),
    eps: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device, const DECOUPLED: bool> Optimizer<AdamRule<DECOUPLED>, M, E, D> {
    /// PyTorch's settings: β = (0.9, 0.999), eps 1e-8, weight decay 0 for [`Adam`] and 0.01 for [`AdamW`].
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        let decay = if DECOUPLED { 0.01 } else { 0.0 };
        Self::with_rule(model, AdamRule { betas: (0.9, 0.999), eps: 1e-8 }, lr, decay)
    }

    /// Which part of both running averages each step keeps, for all parameters. Groups come after it.
    #[must_use]
    #[track_caller]
    pub fn betas(mut self, first: f64, second: f64) -> Self {
        let betas = checked((first, second));
        self.change_rules(|rule| rule.betas = betas);
        self
    }

    /// Changes these two parts by a parameter's name and sizes, as [`group`](Optimizer::group) changes other settings.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let opt = AdamW::new(&model, 1e-3).group_betas(|name, _dims, betas| if name == "bias" { betas.1 = 0.95 });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn group_betas(mut self, mut change: impl FnMut(&str, &[usize], &mut (f64, f64))) -> Self {
        self.change_each_rule(|name, dims, rule| {
            change(name, dims, &mut rule.betas);
            checked(rule.betas);
        });
        self
    }

    /// What is added to the root of the second average.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        let eps = not_negative("eps", eps);
        self.change_rules(|rule| rule.eps = eps);
        self
    }
}

#[track_caller]
fn checked((first, second): (f64, f64)) -> (f64, f64) {
    (below_one("first beta", first), below_one("second beta", second))
}

impl<const DECOUPLED: bool> Rule for AdamRule<DECOUPLED> {
    fn state(&self) -> &'static [&'static str] {
        &["first_moment", "second_moment"]
    }
    fn renew<E: Real, D: Device>(
        &self,
        Step { number, lr, weight_decay }: Step,
        renewal: Renewal<'_, E, D>,
        [first, second]: &mut [Remembered<E>; 2],
    ) {
        let number = i32::try_from(number).unwrap_or(i32::MAX); // there both powers are 0
        let (beta1, beta2) = self.betas;
        let formula = Moments {
            keep: if DECOUPLED { 1.0 - lr * weight_decay } else { 1.0 },
            decay: if DECOUPLED { 0.0 } else { weight_decay },
            beta1,
            beta2,
            step: lr / (1.0 - beta1.powi(number)),
            root: (1.0 - beta2.powi(number)).sqrt(),
            eps: self.eps,
            most: most::<E>(),
        };
        renewal.update(formula, [first, second]);
    }
}

/// The formula of a step, its corrections of bias worked in.
#[derive(Clone, Copy)]
struct Moments {
    keep: f64,
    decay: f64,
    beta1: f64,
    beta2: f64,
    step: f64,
    root: f64,
    eps: f64,
    most: f64,
}

impl Update<2> for Moments {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [first, second]: [V; 2]) -> (V, [V; 2]) {
        let gradient = bounded(decayed(gradient, weight, self.decay), self.most);
        let first = (gradient - first).fma(V::c(1.0 - self.beta1), first);
        let second = second.fma(V::c(self.beta2), gradient * gradient * (1.0 - self.beta2));
        let size = second.sqrt() / self.root + self.eps;
        (weight * self.keep - first * self.step / size, [first, second])
    }
}
