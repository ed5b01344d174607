//! Groups of parameters: settings that differ by name and sizes.
//!
//! Apart from `optimizer` because a step finds them made.

use super::optimizer::not_negative;
use super::{Hyper, Optimizer, ParameterState, Remember};
use crate::device::Device;
use crate::dtype::Real;
use crate::model::{Each, EachMut, Map, Path, Tree, Weights};

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// Sets the weight decay of all parameters. Groups come after it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let opt = AdamW::new(&model, 1e-3).weight_decay(0.1);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.group(|_, hyper| hyper.weight_decay = weight_decay)
    }

    /// Changes the settings of parameters by name. `change` is called once for each parameter, here and now. A setting
    /// that is negative, infinite or NaN raises [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let opt = AdamW::new(&model, 1e-3).group(|name, hyper| if name.ends_with("bias") { hyper.weight_decay = 0.0 });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn group(self, mut change: impl FnMut(&str, &mut Hyper)) -> Self {
        self.group_by(|name, _, hyper| change(name, hyper))
    }

    /// [`group`](Optimizer::group) that sees the sizes of each parameter, too.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// // What has two axes decays; vectors of biases and gains do not.
    /// let opt = AdamW::new(&model, 1e-3).group_by(|_, dims, hyper| if dims.len() < 2 { hyper.weight_decay = 0.0 });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn group_by(mut self, change: impl FnMut(&str, &[usize], &mut Hyper)) -> Self {
        self.slots.each_mut(&mut Change(change), &Path::ROOT);
        self
    }

    /// Changes the rule of all parameters.
    pub(super) fn change_rules(&mut self, mut change: impl FnMut(&mut R)) {
        std::iter::once(&mut self.rule).chain(&mut self.rules).for_each(&mut change);
    }

    /// Changes the rule of each parameter, of which `change` is given name and sizes.
    pub(super) fn change_each_rule(&mut self, change: impl FnMut(&str, &[usize], &mut R)) {
        if self.rules.is_empty() {
            self.rules = vec![self.rule.clone(); self.parameters];
        }
        let mut rules = ChangeRules { change, rules: self.rules.iter_mut() };
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut rules, &Path::ROOT);
    }
}

/// Applies a group.
struct Change<F>(F);

impl<E: Real, D: Device, F: FnMut(&str, &[usize], &mut Hyper)> EachMut<Each<ParameterState<E, D>, E, D>> for Change<F> {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], slot: &mut ParameterState<E, D>) {
        (self.0)(&at.to_string(), dims, &mut slot.hyper);
        not_negative("factor of the learning rate", slot.hyper.lr_factor);
        not_negative("weight decay", slot.hyper.weight_decay);
    }
}

/// Changes the rules in the order of the model, in which a step finds them.
struct ChangeRules<'r, F, R> {
    change: F,
    rules: std::slice::IterMut<'r, R>,
}

impl<'a, E, D, F, R> Map<'a, Each<ParameterState<E, D>, E, D>, Each<(), E, D>> for ChangeRules<'_, F, R>
where
    E: Real,
    D: Device,
    F: FnMut(&str, &[usize], &mut R),
{
    fn param(&mut self, at: &Path<'_>, dims: &[usize], _: &'a ParameterState<E, D>) {
        if let Some(rule) = self.rules.next() {
            (self.change)(&at.to_string(), dims, rule);
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}
