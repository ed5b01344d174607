//! Adam and AdamW, which differ only in where the weight decays.

use super::moments::{Averages, Decay, betas, numbers, taken_in};
use super::{Optimizer, Remember, Renewal, Rule, Step};
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
/// [`amsgrad`](Optimizer::amsgrad) divides by the root of the largest `v` so far. Reddi, Kale and Kumar 2018,
/// arXiv:1904.09237.
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
    amsgrad: bool,
}

impl<const DECOUPLED: bool> AdamRule<DECOUPLED> {
    /// PyTorch's settings.
    pub(super) const USUAL: Self = AdamRule { betas: (0.9, 0.999), eps: 1e-8, amsgrad: false };
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device, const DECOUPLED: bool> Optimizer<AdamRule<DECOUPLED>, M, E, D> {
    /// PyTorch's settings: β = (0.9, 0.999), eps 1e-8, weight decay 0 for [`Adam`] and 0.01 for [`AdamW`].
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, AdamRule::USUAL, lr, if DECOUPLED { 0.01 } else { 0.0 })
    }

    /// Divides by the root of the largest second average so far, so that steps never grow again; this is remembered as
    /// `largest_second_moment`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut w: Param<Shape![1]> = Cpu.tensor([2.0]).into();
    /// let mut opt = AdamW::new(&w, 0.1).amsgrad(true);
    /// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
    /// opt.step(&mut w, &grads);
    /// let mut found = None;
    /// opt.visit(|name, values| if name.ends_with("largest_second_moment") { found = Some(values[0]) });
    /// assert!((found.expect("it is in use") - 0.016).abs() < 1e-6); // 4², of which a thousandth counts
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[must_use]
    pub fn amsgrad(mut self, amsgrad: bool) -> Self {
        self.change_rules(|rule| rule.amsgrad = amsgrad);
        self
    }
}

betas!(AdamRule<DECOUPLED>, const DECOUPLED);
numbers! { AdamRule<DECOUPLED> [const DECOUPLED];
    /// What is added to the root of the second average.
    eps = not_negative "eps";
}

impl<const DECOUPLED: bool> Remember for AdamRule<DECOUPLED> {
    fn state(&self) -> &'static [&'static str] {
        let names = &["first_moment", "second_moment", "largest_second_moment"];
        if self.amsgrad { names } else { &names[..2] }
    }
}

#[diagnostic::do_not_recommend]
impl<const DECOUPLED: bool> Rule for AdamRule<DECOUPLED> {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, renewal: Renewal<'_, E, D>) {
        let formula = Moments {
            averages: Averages::new::<E>(self.betas, Decay::new(DECOUPLED, lr, weight_decay)),
            step: lr / taken_in(self.betas.0, number),
            root: taken_in(self.betas.1, number).sqrt(),
            eps: self.eps,
        };
        match self.amsgrad {
            false => renewal.update(formula),
            true => renewal.update(OfLargest(formula)),
        }
    }
}

/// The formula of a step, its corrections of bias worked in.
#[derive(Clone, Copy)]
struct Moments {
    averages: Averages,
    step: f64,
    root: f64,
    eps: f64,
}

impl Moments {
    #[cfg_attr(optimised, inline(always))]
    fn moved<V: Num>(self, weight: V, first: V, second: V) -> V {
        let size = second.sqrt() / self.root + self.eps;
        self.averages.decay.kept(weight) - first * self.step / size
    }
}

impl Update<2> for Moments {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, state: [V; 2]) -> (V, [V; 2]) {
        let (_, [first, second]) = self.averages.renew(weight, gradient, state);
        (self.moved(weight, first, second), [first, second])
    }
}

/// AMSGrad, whose third number is the largest second average.
#[derive(Clone, Copy)]
struct OfLargest(Moments);

impl Update<3> for OfLargest {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [first, second, largest]: [V; 3]) -> (V, [V; 3]) {
        let (_, [first, second]) = self.0.averages.renew(weight, gradient, [first, second]);
        let largest = largest.maximum(second);
        (self.0.moved(weight, first, largest), [first, second, largest])
    }
}
