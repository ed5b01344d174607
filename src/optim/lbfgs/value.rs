//! The optimizer and its settings.

use crate::device::Device;
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::model::{Tree, Weights};
use crate::optim::moments::numbers;
use crate::optim::{Optimizer, Remember};
use std::sync::LazyLock;

/// L-BFGS. Liu and Nocedal 1989, "On the limited memory BFGS method for large scale optimization"; the algorithm is
/// PyTorch's.
///
/// From the last pairs `s` of a move and `y` of the change of the gradient with it, as far as `y · s > 1e-10`, the
/// direction is `d = -H g`, `H` the inverse of the curvature that they tell, of which `H₀ = (y · s) / (y · y)`. It
/// moves by `lr · d`, at first by `min(1, 1 / ‖g‖₁) · lr · d`, or as far as the strong Wolfe conditions say
/// ([`strong_wolfe`](Optimizer::strong_wolfe)). A step is up to 20 such iterations, each of which asks for loss and
/// gradients: of one batch, without dropout, or what they tell is no curvature.
///
/// Numbers are taken from the device: each iteration waits for them. Weight decay is part of the loss, `weight_decay ·
/// ‖w‖² / 2`; a parameter whose [`lr_factor`](crate::optim::Hyper::lr_factor) is 0 stays as it is. Files, checkpoints
/// and schedules are as of every [`Optimizer`]; the number of steps is that of iterations.
///
/// ```
/// use congruent::{optim::Lbfgs, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([-1.2, 1.0]).into();
/// let mut opt = Lbfgs::new(&w, 1.0).strong_wolfe(true);
/// // Rosenbrock's valley.
/// let loss = |w: &Param<Shape![2]>| {
///     w.value_and_grad(|w| {
///         let (x, y) = (w.select::<0>(0), w.select::<0>(1));
///         (1.0 - x).square() + (y - w.select::<0>(0).square()).square() * 100.0
///     })
/// };
/// for _ in 0..3 {
///     opt.step_with(&mut w, loss)?;
/// }
/// assert!(w.tensor().allclose(&Cpu.tensor([1.0, 1.0]), 1e-3, 1e-3));
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Lbfgs<M, E = f32, D = crate::device::Cpu> = Optimizer<LbfgsRule, M, E, D>;

/// The settings of [`Lbfgs`]. It is no [`Rule`](crate::optim::Rule): no parameter is renewed by its gradient alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LbfgsRule {
    pub(super) iterations: usize,
    pub(super) evaluations: Option<usize>,
    pub(super) tolerance_grad: f64,
    pub(super) tolerance_change: f64,
    pub(super) history: usize,
    pub(super) strong_wolfe: bool,
}

/// The most pairs that are remembered.
const MOST: usize = 100;

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<LbfgsRule, M, E, D> {
    /// PyTorch's settings, whose learning rate is 1: 20 iterations, 25 evaluations, tolerances 1e-7 and 1e-9, 100
    /// pairs, no search along the line.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        let rule = LbfgsRule {
            iterations: 20,
            evaluations: None,
            tolerance_grad: 1e-7,
            tolerance_change: 1e-9,
            history: MOST,
            strong_wolfe: false,
        };
        Self::with_rule(model, rule, lr, 0.0)
    }

    /// The most iterations of a step; 0 takes none.
    #[must_use]
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.rule.iterations = iterations;
        self
    }

    /// After how many evaluations of the loss a step ends; 5/4 of its iterations if nothing is said.
    #[must_use]
    pub fn evaluations(mut self, evaluations: usize) -> Self {
        self.rule.evaluations = Some(evaluations);
        self
    }

    /// How many pairs are remembered, from 1 to 100; others raise [`Error::Value`]. Each takes twice the memory of the
    /// model.
    #[must_use]
    #[track_caller]
    pub fn history(mut self, history: usize) -> Self {
        if !(1..=MOST).contains(&history) {
            let (what, found) = ("number of pairs that L-BFGS remembers", history.to_string());
            raise(Error::Value { what, found, rule: "it is from 1 to 100" });
        }
        self.rule.history = history;
        self
    }

    /// Searches along the direction for a step that lowers the loss enough and flattens it enough: `loss ≤ loss₀ + 1e-4
    /// t · slope₀` and `|slope| ≤ 0.9 |slope₀|`. Nocedal and Wright 2006, "Numerical Optimization", algorithms 3.5 and
    /// 3.6.
    #[must_use]
    pub fn strong_wolfe(mut self, strong_wolfe: bool) -> Self {
        self.rule.strong_wolfe = strong_wolfe;
        self
    }
}

numbers! { LbfgsRule;
    /// The largest gradient at which the model is where it shall be.
    tolerance_grad = not_negative "tolerance of gradients";
    /// The change of weights and of the loss below which a step ends.
    tolerance_change = not_negative "tolerance of changes";
}

/// The gradient before, the move since then, and the pairs of moves and changes, the oldest first.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let pairs = (0..MOST).flat_map(|place| [format!("move_{place}"), format!("change_{place}")]);
    // Once, and for all optimizers.
    let pairs = pairs.map(|name| -> &'static str { name.leak() });
    ["previous_gradient", "last_move"].into_iter().chain(pairs).collect()
});

impl Remember for LbfgsRule {
    fn state(&self) -> &'static [&'static str] {
        let names: &'static [&'static str] = &NAMES;
        &names[..2 + 2 * self.history]
    }
    fn always(&self) -> usize {
        1
    }
}
