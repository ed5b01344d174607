//! What all optimizers have in common: the walk over a model, and what they keep of each parameter.
//!
//! Apart from the rules, each of which is one formula: SGD, Adam.

use super::{Remember, Remembered, Renewal, Rule, Step};
use crate::device::{Buf, Cpu, Device};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::model::{Each, EachMut, Gradient, Grads, Map, Path, Tree, Weights, Zip};

/// What a parameter group may change; see [`Optimizer::group`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyper {
    /// Factor on the optimizer's learning rate; 1 where nothing is said. 0 freezes the parameter: steps
    /// leave it and its state alone, and [`Optimizer::clip_grad_norm`] does not count its gradient.
    pub lr_factor: f64,
    /// Weight decay.
    pub weight_decay: f64,
}

/// What an optimizer keeps of one parameter.
#[derive(Clone, Debug)]
pub struct ParameterState<E: Real, D> {
    pub(super) hyper: Hyper,
    pub(super) device: D,
    pub(super) len: usize,
    /// Steps that left this parameter alone.
    pub(super) skipped: u64,
    /// As many as a step has used.
    pub(super) state: Vec<Remembered<E>>,
    /// The weights before they were rounded to 16 bits.
    pub(super) exact: Remembered<E>,
}

/// An optimizer of models `M` by the rule `R`: [`Sgd`](super::Sgd), [`Adam`](super::Adam), [`AdamW`](super::AdamW).
///
/// A clone is a copy of its state.
pub struct Optimizer<R, M: Tree<Weights<E, D>>, E: Real = f32, D: Device = Cpu> {
    pub(super) rule: R,
    /// The rule of each parameter, in the order of the model; empty where all have the one above.
    pub(super) rules: Vec<R>,
    lr: f64,
    steps: u64,
    pub(super) parameters: usize,
    pub(super) slots: M::With<Each<ParameterState<E, D>, E, D>>,
}

impl<R: Clone, M, E: Real, D: Device> Clone for Optimizer<R, M, E, D>
where
    M: Tree<Weights<E, D>, With<Each<ParameterState<E, D>, E, D>>: Clone>,
{
    fn clone(&self) -> Self {
        Optimizer { rule: self.rule.clone(), rules: self.rules.clone(), slots: self.slots.clone(), ..*self }
    }
}

/// A law that no optimizer obeys.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "gradients are values of one call of `value_and_grad`, and nothing is left to be zeroed",
    label = "leave it out; gradients of several batches are added up by `grads.accumulate(&more)`"
)]
pub trait ZeroesGradients {
    /// Nothing.
    type Out;
}

#[doc(hidden)]
impl<R, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// Never compiles.
    pub fn zero_grad(&mut self) -> <Self as ZeroesGradients>::Out
    where
        Self: ZeroesGradients,
    {
        unreachable!("no type obeys this law")
    }
}

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    #[track_caller]
    pub(super) fn with_rule(model: &M, rule: R, lr: f64, weight_decay: f64) -> Self {
        let lr = not_negative("learning rate", lr);
        let mut open = Open { hyper: Hyper { lr_factor: 1.0, weight_decay }, parameters: 0 };
        let slots = model.map(&mut open, &Path::ROOT);
        Optimizer { rule, rules: Vec::new(), lr, steps: 0, parameters: open.parameters, slots }
    }

    /// The learning rate.
    pub fn lr(&self) -> f64 {
        self.lr
    }

    /// Sets the learning rate, as a schedule does between steps; groups keep their factors. One that is negative,
    /// infinite or NaN raises [`Error::Value`], here and where an optimizer is made: every weight would follow it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut opt = Sgd::new(&Linear::<D<3>, D<2>>::new(Key::new(0)), 0.1);
    /// opt.set_lr(0.05);
    /// assert!(attempt(|| opt.set_lr(f64::NAN)).is_err() && opt.lr() == 0.05);
    /// ```
    #[track_caller]
    pub fn set_lr(&mut self, lr: f64) {
        self.lr = not_negative("learning rate", lr);
    }

    /// How many steps were taken; for each parameter they are fewer by those in which no gradient reached it.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Continues after this many steps, as when state is loaded: Adam's correction of bias depends on it. After
    /// `u64::MAX` of them no more are counted.
    pub fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// Renews every parameter that a gradient has reached, and every statistic that the forward has recorded.
    ///
    /// A parameter without a gradient ([`reached`](crate::model::Param::reached)) is left alone, as in PyTorch: nothing
    /// decays, no momentum moves it, and Adam's correction of bias does not count the step. Nor does it where
    /// [`lr_factor`](Hyper::lr_factor) is 0. State and formulas are of `f32` for parameters of `f16` and `bf16`, and
    /// what rounding took from such a weight is remembered, so that steps below its precision add up; a weight that has
    /// been written to in between is taken as it is.
    ///
    /// After the first step nothing is allocated: a weight that shares its memory with a tensor is copied first.
    /// A gradient that is NaN makes its weight NaN.
    ///
    /// A model that no longer has the parameters that this optimizer was made for (a `Vec` of layers grew, another
    /// run-time size), or gradients of fewer parameters, raise [`Error::Value`]: a panic, or the `Err` of an enclosing
    /// [`attempt`](crate::attempt); nothing has changed then. Another type of model does not compile.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut model = Linear::<D<1>, D<1>>::new(Key::new(0));
    /// let (x, y) = (Cpu.tensor([[1.0], [2.0]]), Cpu.tensor([[2.0], [4.0]]));
    /// let mut opt = Sgd::new(&model, 0.1);
    /// for _ in 0..1000 {
    ///     let (_, grads) = model.value_and_grad(|m| m.forward(&x).mse(&y))?;
    ///     opt.step(&mut model, &grads);
    /// }
    /// assert!((model.weight.as_slice()[0] - 2.0).abs() < 0.01);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn step(&mut self, model: &mut M, grads: &M::With<Grads<E, D>>)
    where
        R: Rule,
    {
        self.fit(model, grads);
        self.steps = self.steps.saturating_add(1);
        let mut walk = Walk { rules: Rules::of(&self.rule, &self.rules), number: self.steps, lr: self.lr };
        model.zip(grads, &mut self.slots, &mut walk, &Path::ROOT);
    }

    /// Raises unless model, gradients and state are of the same parameters.
    #[track_caller]
    pub(super) fn fit(&mut self, model: &mut M, grads: &M::With<Grads<E, D>>) {
        let mut fits = Fits::default();
        model.zip(grads, &mut self.slots, &mut fits, &Path::ROOT);
        let mut present = Count(0);
        model.each_mut(&mut present, &Path::ROOT);
        if fits.misfit || present.0 != self.parameters || fits.parameters != self.parameters {
            raise(another_model(fits.parameters));
        }
    }

    /// The rule of each parameter, in the order of the model.
    pub(super) fn rules(&self) -> Rules<'_, R> {
        Rules::of(&self.rule, &self.rules)
    }

    /// Which parameters, in the order of the model, are not trained.
    pub(super) fn frozen(&self) -> Vec<bool> {
        let mut frozen = Frozen(Vec::with_capacity(self.parameters));
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut frozen, &Path::ROOT);
        frozen.0
    }
}

/// Whether a setting is a number that does not turn a step around, or spoil every weight.
pub(crate) fn is_setting(value: f64) -> bool {
    (0.0..f64::INFINITY).contains(&value)
}

/// A setting, or [`Error::Value`] is raised.
#[track_caller]
pub(super) fn not_negative(what: &'static str, value: f64) -> f64 {
    match is_setting(value) {
        true => value,
        false => raise(Error::Value { what, found: value.to_string(), rule: "it is finite and not negative" }),
    }
}

/// The part that a running average keeps at each step: all of it would keep what it began with, or divide by 0.
#[track_caller]
pub(super) fn below_one(what: &'static str, value: f64) -> f64 {
    match (0.0..1.0).contains(&value) {
        true => value,
        false => raise(Error::Value { what, found: value.to_string(), rule: "it is from 0 on and below 1" }),
    }
}

#[cold]
pub(super) fn another_model(found: usize) -> Error {
    let rule = "the optimizer was made for a model of other parameters";
    Error::Value { what: "number of parameters whose gradient and state fit", found: found.to_string(), rule }
}

/// Opens a slot for each parameter.
struct Open {
    hyper: Hyper,
    parameters: usize,
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<ParameterState<E, D>, E, D>> for Open {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (weight, device): &'a (Buf<E>, D)) -> ParameterState<E, D> {
        self.parameters += 1;
        let (device, len) = (*device, weight.len());
        ParameterState { hyper: self.hyper, device, len, skipped: 0, state: Vec::new(), exact: None }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a (Buf<E::Precise>, D)) {}
}

/// Counts the parameters of the model.
struct Count(usize);

impl<E: Real, D: Device> EachMut<Weights<E, D>> for Count {
    fn param(&mut self, _: &Path<'_>, _: &[usize], _: &mut (Buf<E>, D)) {
        self.0 += 1;
    }
}

/// A statistic.
type Kept<E, D> = (Buf<<E as Real>::Precise>, D);

/// Counts the parameters that weights, gradients and state have in common, and finds out whether their sizes agree.
#[derive(Default)]
struct Fits {
    parameters: usize,
    misfit: bool,
}

impl<E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Each<ParameterState<E, D>, E, D>> for Fits {
    fn param(
        &mut self,
        _: &Path<'_>,
        weight: &mut (Buf<E>, D),
        gradient: &Gradient<E, D>,
        slot: &mut ParameterState<E, D>,
    ) {
        self.parameters += 1;
        self.misfit |= weight.0.len() != gradient.len() || weight.0.len() != slot.len;
    }
    fn stat(&mut self, _: &Path<'_>, old: &mut Kept<E, D>, recorded: &Remembered<E>, (): &mut ()) {
        self.misfit |= recorded.as_ref().is_some_and(|new| new.len() != old.0.len());
    }
}

/// The rules of the parameters, one after the other.
pub(super) struct Rules<'r, R> {
    all: &'r R,
    /// The rule of each parameter, if they differ.
    each: std::slice::Iter<'r, R>,
}

impl<'r, R> Rules<'r, R> {
    fn of(all: &'r R, each: &'r [R]) -> Self {
        Rules { all, each: each.iter() }
    }

    /// The rule of the next parameter.
    pub(super) fn advance(&mut self) -> &'r R {
        self.each.next().unwrap_or(self.all)
    }
}

/// The step itself.
struct Walk<'r, R> {
    rules: Rules<'r, R>,
    number: u64,
    lr: f64,
}

impl<R: Rule, E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Each<ParameterState<E, D>, E, D>> for Walk<'_, R> {
    fn param(
        &mut self,
        _: &Path<'_>,
        weight: &mut (Buf<E>, D),
        gradient: &Gradient<E, D>,
        slot: &mut ParameterState<E, D>,
    ) {
        let Hyper { lr_factor, weight_decay } = slot.hyper;
        let rule = self.rules.advance();
        let Some(gradient) = gradient.get().filter(|_| lr_factor != 0.0) else {
            slot.skipped = slot.skipped.saturating_add(1);
            return;
        };
        let number = self.number.saturating_sub(slot.skipped).max(1);
        let step = Step { number, lr: self.lr * lr_factor, weight_decay };
        let (weight, device) = (&mut weight.0, weight.1);
        let exact = E::NARROW.then(|| slot.exact.get_or_insert_with(|| device.convert(weight)));
        rule.renew(step, Renewal { device, weight, gradient, exact, state: &mut slot.state });
    }
    fn stat(&mut self, _: &Path<'_>, old: &mut Kept<E, D>, recorded: &Remembered<E>, (): &mut ()) {
        if let Some(new) = recorded {
            old.0 = new.clone();
        }
    }
}

/// Lists the parameters that are not trained.
struct Frozen(Vec<bool>);

impl<'a, E: Real, D: Device> Map<'a, Each<ParameterState<E, D>, E, D>, Each<(), E, D>> for Frozen {
    fn param(&mut self, _: &Path<'_>, _: &[usize], slot: &'a ParameterState<E, D>) {
        self.0.push(slot.hyper.lr_factor == 0.0);
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}
