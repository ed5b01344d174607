//! Muon: matrices move by their momentum made orthogonal; what is no matrix, by AdamW.

use super::adam::AdamRule;
use super::moments::numbers;
use super::orthogonal::orthogonal;
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Tree, Weights};
use crate::num::Num;

/// Muon, for the matrices of hidden layers. Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural
/// networks"; the formulas are PyTorch's.
///
/// For parameters of two axes `m ← momentum · m + (1 - momentum) g`, `d = momentum · m + (1 - momentum) g` with
/// Nesterov's variant and `d = m` without, `w ← w - lr · weight_decay · w`, `w ← w - lr · s · orthogonal(d)`: five
/// rounds of `X ← 3.4445 X - 4.775 A X + 2.0315 A² X` with `A = X Xᵀ`, from `d / max(‖d‖, eps)` on. `s` is `√max(1, out
/// / in)` of a weight `(in, out)`, as our layers have it, or `0.2 √max(in, out)` ([`match_rms`](Optimizer::match_rms)).
/// PyTorch rounds the products to `bf16`; here they are of the type of the state. Each step takes memory for a few
/// matrices of a parameter's size, and gives it back.
///
/// PyTorch refuses parameters of other than two axes, which are given to a second optimizer; here they move by
/// [`AdamW`](super::AdamW) with β = (0.9, 0.999) and eps 1e-8, and so does what [`by_adamw`](Optimizer::by_adamw)
/// chooses: embeddings and the last layer. Learning rates of AdamW are smaller: their
/// [`lr_factor`](super::Hyper::lr_factor) says by how much.
///
/// ```
/// use congruent::{optim::Muon, prelude::*};
/// let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
/// let mut opt = Muon::new(&model, 0.02).group_by(|_, dims, hyper| if dims.len() != 2 { hyper.lr_factor = 0.1 });
/// let (x, labels) = (Cpu.ones::<Shape![4, 3]>(), Cpu.tensor([0, 1, 1, 1]));
/// let (before, grads) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&labels))?;
/// opt.step(&mut model, &grads);
/// let (after, _) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&labels))?;
/// assert!(after < before);
/// let mut names = vec![];
/// opt.visit(|name, _| names.push(name.to_owned()));
/// assert_eq!(names, ["weight.momentum", "bias.first_moment", "bias.second_moment"]);
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Muon<M, E = f32, D = crate::device::Cpu> = Optimizer<MuonRule, M, E, D>;

/// The rule of [`Muon`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MuonRule {
    momentum: f64,
    nesterov: bool,
    eps: f64,
    match_rms: bool,
    /// Rows and columns; none of what moves by AdamW.
    matrix: Option<[usize; 2]>,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<MuonRule, M, E, D> {
    /// PyTorch's settings: momentum 0.95 by Nesterov's variant, eps 1e-7, weight decay 0.1.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        let rule = MuonRule { momentum: 0.95, nesterov: true, eps: 1e-7, match_rms: false, matrix: None };
        let mut optimizer = Self::with_rule(model, rule, lr, 0.1);
        optimizer.change_each_rule(|_, dims, rule| rule.matrix = dims.try_into().ok());
        optimizer
    }

    /// Chooses matrices that move by AdamW all the same, by name and sizes.
    ///
    /// ```
    /// use congruent::{optim::Muon, prelude::*};
    /// let model = (Linear::<D<3>, D<4>>::new(Key::new(0)), Linear::<D<4>, D<2>>::new(Key::new(1)));
    /// let opt = Muon::new(&model, 0.02).by_adamw(|name, _dims| name.starts_with("1."));
    /// ```
    #[must_use]
    pub fn by_adamw(mut self, mut choose: impl FnMut(&str, &[usize]) -> bool) -> Self {
        self.change_each_rule(|name, dims, rule| {
            if choose(name, dims) {
                rule.matrix = None;
            }
        });
        self
    }

    /// Looks ahead, as [`Sgd::nesterov`](Optimizer::nesterov) does.
    #[must_use]
    pub fn nesterov(mut self, nesterov: bool) -> Self {
        self.change_rules(|rule| rule.nesterov = nesterov);
        self
    }

    /// Makes steps as large as those of AdamW, so that one learning rate and one decay fit all parameters: PyTorch's
    /// `adjust_lr_fn="match_rms_adamw"`. Liu et al. 2025, arXiv:2502.16982.
    #[must_use]
    pub fn match_rms(mut self, match_rms: bool) -> Self {
        self.change_rules(|rule| rule.match_rms = match_rms);
        self
    }
}

numbers! { MuonRule;
    /// Which part of the momentum each step keeps.
    momentum = below_one "momentum";
    /// The least norm that a direction is divided by.
    eps = not_negative "eps";
}

impl MuonRule {
    /// What the learning rate is multiplied by.
    fn adjusted(&self, [rows, columns]: [usize; 2]) -> f64 {
        match self.match_rms {
            true => 0.2 * (rows.max(columns) as f64).sqrt(),
            false => (columns as f64 / rows.max(1) as f64).max(1.0).sqrt(),
        }
    }
}

impl Remember for MuonRule {
    fn state(&self) -> &'static [&'static str] {
        match self.matrix {
            Some(_) => &["momentum"],
            None => AdamRule::<true>::USUAL.state(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl Rule for MuonRule {
    fn renew<E: Real, D: Device>(&self, step: Step, mut renewal: Renewal<'_, E, D>) {
        let Some(dims) = self.matrix else { return AdamRule::<true>::USUAL.renew(step, renewal) };
        let direction = renewal.direction(Momentum { momentum: self.momentum, nesterov: self.nesterov });
        let direction = orthogonal(renewal.device, direction, dims, self.eps);
        renewal.descend(direction, 1.0 - step.lr * step.weight_decay, step.lr * self.adjusted(dims));
    }
}

/// Renews the momentum; the last number is the direction.
#[derive(Clone, Copy)]
struct Momentum {
    momentum: f64,
    nesterov: bool,
}

impl Update<2> for Momentum {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [momentum, _]: [V; 2]) -> (V, [V; 2]) {
        let mixed = |momentum: V| momentum.fma(V::c(self.momentum), gradient * (1.0 - self.momentum));
        let momentum = mixed(momentum);
        (weight, [momentum, if self.nesterov { mixed(momentum) } else { momentum }])
    }
}
