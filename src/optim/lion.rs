//! Lion: steps of one size, along the sign of a momentum.

use super::moments::betas;
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Lion: every weight moves by the learning rate, up or down. Chen et al. 2023, arXiv:2302.06675.
///
/// `w ← w - lr · weight_decay · w`, `w ← w - lr · sign(β₁ m + (1 - β₁) g)`, then `m ← β₂ m + (1 - β₂) g`. It remembers
/// half of what [`AdamW`](super::AdamW) does; its learning rate is 3 to 10 times smaller, its weight decay as many
/// times larger. Gradients of any size count as they are; one that is infinite makes the weight NaN, or its sign would
/// go on for ever.
///
/// ```
/// use congruent::{optim::Lion, prelude::*};
/// let mut w: Param<Shape![3]> = Cpu.tensor([1.0, -5.0, 0.0]).into();
/// let mut opt = Lion::new(&w, 0.25);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert_eq!(w.as_slice(), [0.75, -4.75, 0.0]);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Lion<M, E = f32, D = crate::device::Cpu> = Optimizer<LionRule, M, E, D>;

/// The rule of [`Lion`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LionRule {
    betas: (f64, f64),
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<LionRule, M, E, D> {
    /// The paper's settings: β = (0.9, 0.99), no weight decay.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, LionRule { betas: (0.9, 0.99) }, lr, 0.0)
    }
}

betas!(LionRule);

impl Remember for LionRule {
    fn state(&self) -> &'static [&'static str] {
        &["momentum"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for LionRule {
    fn renew<E: Real, D: Device>(&self, Step { lr, weight_decay, .. }: Step, renewal: Renewal<'_, E, D>) {
        renewal.update(Formula { betas: self.betas, lr, keep: 1.0 - lr * weight_decay });
    }
}

#[derive(Clone, Copy)]
struct Formula {
    betas: (f64, f64),
    lr: f64,
    keep: f64,
}

impl Update<1> for Formula {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [momentum]: [V; 1]) -> (V, [V; 1]) {
        let gradient = gradient + gradient * 0.0; // NaN where it is infinite
        let mixed = |beta: f64| momentum.fma(V::c(beta), gradient * (1.0 - beta));
        let along = mixed(self.betas.0).sign();
        (along.fma(V::c(-self.lr), weight * self.keep), [mixed(self.betas.1)])
    }
}
