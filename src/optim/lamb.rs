//! LAMB: Adam whose step of each parameter is as long as the parameter.

use super::clip_on_device::{computed, leaf, length, norm};
use super::moments::{Averages, Decay, betas, numbers, taken_in};
use super::{Optimizer, Remember, Renewal, Rule, Step};
use crate::device::Device;
use crate::dtype::Real;
use crate::graph::{Pointwise3, Ternary};
use crate::loops::Update;
use crate::model::{Elements, Tree, Weights};
use crate::num::Num;

/// LAMB, for large batches. You et al. 2019, arXiv:1904.00962.
///
/// `m̂` and `v̂` as [`Adam`](super::Adam) has them without decay, `r = m̂ / (√v̂ + eps) + weight_decay · w`, `w ← w -
/// lr · ‖w‖ / ‖r‖ · r`, with norms of each parameter as one long vector; the ratio is 1 where one of them is 0. Norms
/// stay on the device: a step waits for none of them. Gradients beyond 2⁵⁶ (of `f64`, 2⁵⁰⁰) count as that large. Each
/// step takes memory for two tensors of a parameter's size, and gives it back.
///
/// ```
/// use congruent::{optim::Lamb, prelude::*};
/// let mut w: Param<Shape![2]> = Cpu.tensor([3.0, -4.0]).into();
/// let mut opt = Lamb::new(&w, 0.1).weight_decay(0.0);
/// let (_, grads) = w.value_and_grad(|w| w.square().sum())?;
/// opt.step(&mut w, &grads);
/// assert!((w.as_slice()[0] - (3.0 - 0.5 / 2f32.sqrt())).abs() < 1e-5); // a tenth of ‖w‖ = 5
/// # Ok::<(), congruent::Error>(())
/// ```
pub type Lamb<M, E = f32, D = crate::device::Cpu> = Optimizer<LambRule, M, E, D>;

/// The rule of [`Lamb`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LambRule {
    betas: (f64, f64),
    eps: f64,
}

impl<M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<LambRule, M, E, D> {
    /// The paper's settings: β = (0.9, 0.999), eps 1e-6, weight decay 0.01.
    #[track_caller]
    pub fn new(model: &M, lr: f64) -> Self {
        Self::with_rule(model, LambRule { betas: (0.9, 0.999), eps: 1e-6 }, lr, 0.01)
    }
}

betas!(LambRule);
numbers! { LambRule;
    /// What is added to the root of the second average.
    eps = not_negative "eps";
}

impl Remember for LambRule {
    fn state(&self) -> &'static [&'static str] {
        &["first_moment", "second_moment"]
    }
}

#[diagnostic::do_not_recommend]
impl Rule for LambRule {
    fn renew<E: Real, D: Device>(&self, Step { number, lr, weight_decay }: Step, mut renewal: Renewal<'_, E, D>) {
        let direction = renewal.direction(Direction {
            averages: Averages::new::<E>(self.betas, Decay::new(true, 0.0, 0.0)),
            weight_decay,
            taken: taken_in(self.betas.0, number),
            root: taken_in(self.betas.1, number).sqrt(),
            eps: self.eps,
        });
        let device = renewal.device;
        let lengths = [renewal.exact(), direction.clone()].map(|values| {
            let [unit, times] = norm(device, &[values]);
            length(device, [&unit, &times])
        });
        let shape = (Elements(direction.len()),);
        let [weight, own] = &lengths;
        let scaled = Ternary { op: AsLong, a: leaf(&direction, shape), b: leaf(weight, ()), c: leaf(own, ()) };
        renewal.descend(computed(device, scaled, shape), 1.0, lr);
    }
}

/// Renews the averages; the last number is the direction.
#[derive(Clone, Copy)]
struct Direction {
    averages: Averages,
    weight_decay: f64,
    taken: f64,
    root: f64,
    eps: f64,
}

impl Update<3> for Direction {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, gradient: V, [first, second, _]: [V; 3]) -> (V, [V; 3]) {
        let (_, [first, second]) = self.averages.renew(weight, gradient, [first, second]);
        let adam = first / self.taken / (second.sqrt() / self.root + self.eps);
        (weight, [first, second, super::rule::decayed(adam, weight, self.weight_decay)])
    }
}

/// The direction, as long as the weight where both have a length.
#[derive(Clone, Copy)]
struct AsLong;

impl Pointwise3 for AsLong {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, direction: V, weight: V, own: V) -> V {
        let zero = V::c(0.0);
        // Divided first: no ratio of lengths is too large.
        let scaled = V::select_gt(weight, zero, direction / own * weight, direction);
        V::select_gt(own, zero, scaled, direction)
    }
}
