//! Running averages of a gradient and of its square, which Adam and its kin divide by each other, and their settings.
//!
//! Apart from the rules because each of them is what it makes of these averages.

use super::optimizer::below_one;
use super::rule::{bounded, decayed, most};
use crate::dtype::Real;
use crate::num::Num;

/// Where the weight decays: in its gradient, or apart from it.
#[derive(Clone, Copy)]
pub(super) struct Decay {
    add: f64,
    keep: f64,
}

impl Decay {
    pub(super) fn new(decoupled: bool, lr: f64, weight_decay: f64) -> Self {
        match decoupled {
            true => Decay { add: 0.0, keep: 1.0 - lr * weight_decay },
            false => Decay { add: weight_decay, keep: 1.0 },
        }
    }

    /// What is left of the weight before the step.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn kept<V: Num>(self, weight: V) -> V {
        weight * self.keep
    }
}

/// The averages of a parameter's gradients and of their squares.
#[derive(Clone, Copy)]
pub(super) struct Averages {
    pub(super) decay: Decay,
    betas: (f64, f64),
    most: f64,
}

impl Averages {
    pub(super) fn new<E: Real>(betas: (f64, f64), decay: Decay) -> Self {
        Averages { decay, betas, most: most::<E>() }
    }

    /// The gradient that counts, and the new averages: `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn renew<V: Num>(self, weight: V, gradient: V, [first, second]: [V; 2]) -> (V, [V; 2]) {
        let (beta1, beta2) = self.betas;
        let gradient = bounded(decayed(gradient, weight, self.decay.add), self.most);
        let first = (gradient - first).fma(V::c(1.0 - beta1), first);
        let second = second.fma(V::c(beta2), gradient * gradient * (1.0 - beta2));
        (gradient, [first, second])
    }
}

/// What averages that began with zeros have taken in by this step: `1 - βᵗ`.
pub(super) fn taken_in(beta: f64, number: u64) -> f64 {
    1.0 - beta.powi(i32::try_from(number).unwrap_or(i32::MAX)) // there the power is 0
}

#[track_caller]
pub(super) fn checked((first, second): (f64, f64)) -> (f64, f64) {
    (below_one("first beta", first), below_one("second beta", second))
}

/// The methods of optimizers whose rule has two betas.
macro_rules! betas {
    ($Rule:ty $(, const $DECOUPLED:ident)?) => {
        impl<M, E, D $(, const $DECOUPLED: bool)?> crate::optim::Optimizer<$Rule, M, E, D>
        where
            M: crate::model::Tree<crate::model::Weights<E, D>>,
            E: crate::dtype::Real,
            D: crate::device::Device,
        {
            /// Which part of both running averages each step keeps, for all parameters. Groups come after it.
            ///
            /// A part that is negative, 1 or more, or NaN raises [`Error::Value`](crate::Error::Value).
            #[must_use]
            #[track_caller]
            pub fn betas(mut self, first: f64, second: f64) -> Self {
                let betas = crate::optim::moments::checked((first, second));
                self.change_rules(|rule| rule.betas = betas);
                self
            }

            /// Changes these two parts by a parameter's name and sizes, as [`group`](crate::optim::Optimizer::group)
            /// changes other settings.
            ///
            /// ```
            /// use congruent::prelude::*;
            /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
            /// let adam = AdamW::new(&model, 1e-3);
            /// let opt = adam.group_betas(|name, _dims, betas| if name == "bias" { betas.1 = 0.95 });
            /// ```
            #[must_use]
            #[track_caller]
            pub fn group_betas(mut self, mut change: impl FnMut(&str, &[usize], &mut (f64, f64))) -> Self {
                self.change_each_rule(|name, dims, rule| {
                    change(name, dims, &mut rule.betas);
                    crate::optim::moments::checked(rule.betas);
                });
                self
            }
        }
    };
}

/// Methods of optimizers that set one number of their rule each: `name = check "what it is called";`.
macro_rules! numbers {
    ($Rule:ty $([const $DECOUPLED:ident])?; $($(#[$doc:meta])* $name:ident = $check:ident $what:literal;)*) => {
        impl<M, E, D $(, const $DECOUPLED: bool)?> crate::optim::Optimizer<$Rule, M, E, D>
        where
            M: crate::model::Tree<crate::model::Weights<E, D>>,
            E: crate::dtype::Real,
            D: crate::device::Device,
        { $(
            $(#[$doc])*
            #[must_use]
            #[track_caller]
            pub fn $name(mut self, $name: f64) -> Self {
                let $name = crate::optim::optimizer::$check($what, $name);
                self.change_rules(|rule| rule.$name = $name);
                self
            }
        )* }
    };
}

pub(super) use {betas, numbers};
