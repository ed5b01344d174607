//! A step: iterations until the model is where it shall be, or nothing changes any more.

use super::long::Long;
use super::search::{Limits, Point, search};
use super::value::LbfgsRule;
use super::walk::{Collect, Keep, Place, Recall};
use crate::device::Device;
use crate::dtype::Real;
use crate::error::Error;
use crate::model::{Each, Grads, Path, Tree, Weights};
use crate::optim::Optimizer;

/// The loss and its gradients, as `value_and_grad` gives them.
type Evaluated<M, E, D> = Result<(E, <M as Tree<Weights<E, D>>>::With<Grads<E, D>>), Error>;

/// The loss and its gradient at a place: those of the last evaluation, and what weight decay adds.
struct Here<E: Real, D> {
    weights: Long<E, D>,
    loss: f64,
    gradient: Long<E, D>,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<LbfgsRule, M, E, D> {
    /// Moves the model to where the loss is lower, and returns the loss before. `loss` is asked several times, for loss
    /// and gradients of the model that it is given: `|model| model.value_and_grad(..)`.
    ///
    /// Statistics are renewed at each evaluation.
    ///
    /// # Errors
    /// Those of `loss`; the parameters and what is remembered are then as before the step. [`Error::Value`] where
    /// [`lr_factor`](crate::optim::Hyper::lr_factor) of a parameter is neither 0 nor 1. A model or gradients of other
    /// parameters raise it.
    ///
    /// ```
    /// use congruent::{optim::Lbfgs, prelude::*};
    /// let (x, y) = (Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[3.0], [5.0]]));
    /// let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
    /// let mut opt = Lbfgs::new(&model, 1.0);
    /// let before = opt.step_with(&mut model, |m| m.value_and_grad(|m| m.forward(&x).mse(&y)))?;
    /// assert!(before > 1.0 && (model.weight.as_slice()[0] - 2.0).abs() < 1e-2);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn step_with(&mut self, model: &mut M, mut loss: impl FnMut(&M) -> Evaluated<M, E, D>) -> Result<E, Error> {
        let mut recall = Recall { slots: Vec::new(), factor: None };
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut recall, &Path::ROOT);
        if let Some(factor) = recall.factor {
            let what = "factor of the learning rate of a parameter under L-BFGS";
            return Err(Error::Value { what, found: factor.to_string(), rule: "it is 0 or 1" });
        }
        let (value, mut grads) = loss(model)?;
        let Some(start) = self.here(model, &grads, value) else { return Ok(value) };
        let origin = start.weights.clone();
        let moved = self.descend(start, &recall, &mut |optimizer, weights| {
            optimizer.place(model, &grads, weights);
            let (value, new) = loss(model)?;
            grads = new;
            Ok(optimizer.here(model, &grads, value).expect("what was trained is"))
        });
        self.place(model, &grads, moved.as_ref().unwrap_or(&origin));
        moved.map(|_| value)
    }
}

/// What an iteration asks for: the loss at other weights.
type Evaluate<'f, O, E, D> = &'f mut dyn FnMut(&mut O, &Long<E, D>) -> Result<Here<E, D>, Error>;

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<LbfgsRule, M, E, D> {
    /// Where the model is; nothing if nothing is trained.
    #[track_caller]
    fn here(&mut self, model: &mut M, grads: &M::With<Grads<E, D>>, loss: E) -> Option<Here<E::Precise, D>> {
        self.fit(model, grads);
        let mut all = Collect { weights: Vec::new(), gradients: Vec::new(), decays: Vec::new(), device: None };
        model.zip(grads, &mut self.slots, &mut all, &Path::ROOT);
        let device = all.device?;
        let [weights, mut gradient] = [all.weights, all.gradients].map(|parts| Long { parts, device });
        let mut loss = loss.as_f64();
        if all.decays.iter().any(|&decay| decay != 0.0) {
            let decayed = weights.weighted(all.decays.into_iter());
            loss += weights.dot(&decayed) / 2.0;
            gradient = gradient.plus(&decayed, 1.0);
        }
        Some(Here { weights, loss, gradient })
    }

    fn place(&mut self, model: &mut M, grads: &M::With<Grads<E, D>>, weights: &Long<E::Precise, D>) {
        model.zip(grads, &mut self.slots, &mut Place(weights.parts.iter()), &Path::ROOT);
    }

    /// The iterations of a step, and the weights that they end at.
    fn descend(
        &mut self,
        mut here: Here<E::Precise, D>,
        recall: &Recall<E>,
        evaluate: Evaluate<'_, Self, E::Precise, D>,
    ) -> Result<Long<E::Precise, D>, Error> {
        let LbfgsRule { iterations, tolerance_grad, tolerance_change, history, strong_wolfe, .. } = self.rule;
        let most = self.rule.evaluations.unwrap_or(iterations.saturating_mul(5) / 4);
        let mut memory = recall.memory(here.weights.device);
        let (mut taken, mut evaluations, mut arrived) = (0, 1, here.gradient.largest() <= tolerance_grad);
        while taken < iterations && !arrived {
            taken += 1;
            memory.see(&here.gradient, history);
            let direction = memory.direction(&here.gradient);
            let slope = here.gradient.dot(&direction);
            if slope > -tolerance_change {
                break;
            }
            let first = self.steps() == 0 && taken == 1;
            let mut t = self.lr() * if first { (1.0 / here.gradient.sizes()).min(1.0) } else { 1.0 };
            let before = here.loss;
            if strong_wolfe {
                let (evaluations_left, reach) = (most.saturating_sub(evaluations), direction.largest());
                let limits = Limits { evaluations: evaluations_left, tolerance: tolerance_change, reach };
                let start = Point { t: 0.0, loss: here.loss, slope, gradient: here.gradient };
                let (found, count) = search(&start, t, &limits, |t| {
                    let there = evaluate(self, &here.weights.plus(&direction, t))?;
                    let slope = there.gradient.dot(&direction);
                    Ok(Point { t, loss: there.loss, slope, gradient: there.gradient })
                })?;
                (t, evaluations) = (found.t, evaluations + count);
                here = Here { weights: here.weights.plus(&direction, t), loss: found.loss, gradient: found.gradient };
            } else {
                here.weights = here.weights.plus(&direction, t);
                // The last gradient is that of the next step.
                if taken < iterations {
                    (here, evaluations) = (evaluate(self, &here.weights)?, evaluations + 1);
                }
            }
            let moved = direction.scaled(t);
            arrived = here.gradient.largest() <= tolerance_grad
                || moved.largest() <= tolerance_change
                || (here.loss - before).abs() < tolerance_change
                || evaluations >= most;
            memory.moved = Some(moved);
        }
        if taken > 0 {
            let taken = taken as u64;
            self.set_steps(self.steps().saturating_add(taken));
            self.slots.each_mut(&mut Keep { memory, iterations: taken, next: 0 }, &Path::ROOT);
        }
        Ok(here.weights)
    }
}
