//! What all optimizers have in common: the walk over a model, groups of parameters by name, state that can be saved.
//!
//! Apart from the rules, each of which is one formula: SGD, Adam.

use crate::device::{Buf, Cpu, Device};
use crate::dtype::{Elem, Real};
use crate::error::{Error, raise};
use crate::model::{Each, EachMut, Grads, Map, Path, Tree, Weights, Zip};

/// What a parameter group may change; see [`Optimizer::group`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyper {
    /// Factor on the optimizer's learning rate; 1 where nothing is said, 0 freezes the parameter.
    pub lr_factor: f64,
    /// Weight decay.
    pub weight_decay: f64,
}

/// One step for one parameter: what a [`Rule`] needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The number of this step, from 1.
    pub number: u64,
    /// The learning rate of this parameter.
    pub lr: f64,
    /// The weight decay of this parameter.
    pub weight_decay: f64,
}

/// How an optimizer renews a parameter.
pub trait Rule: Clone + 'static {
    /// The names of what it remembers of each parameter: at most two tensors of the parameter's shape.
    const STATE: &'static [&'static str];
    /// Renews a weight and its state. State that is `None` has not been used yet and stands for zeros.
    fn renew<E: Real, D: Device>(
        &self,
        device: D,
        step: Step,
        weight: &mut Buf<E>,
        gradient: &Buf<E>,
        state: &mut [Option<Buf<E>>; 2],
    );
}

/// What an optimizer keeps of one parameter.
#[derive(Clone, Debug)]
pub struct Slot<E: Elem, D> {
    hyper: Hyper,
    device: D,
    len: usize,
    state: [Option<Buf<E>>; 2],
}

/// An optimizer of models `M` by the rule `R`: [`Sgd`](super::Sgd), [`Adam`](super::Adam), [`AdamW`](super::AdamW).
///
/// A clone is a copy of its state.
pub struct Optimizer<R, M: Tree<Weights<E, D>>, E: Real = f32, D: Device = Cpu> {
    pub(super) rule: R,
    lr: f64,
    steps: u64,
    parameters: usize,
    slots: M::With<Each<Slot<E, D>, E, D>>,
}

impl<R: Clone, M, E: Real, D: Device> Clone for Optimizer<R, M, E, D>
where
    M: Tree<Weights<E, D>, With<Each<Slot<E, D>, E, D>>: Clone>,
{
    fn clone(&self) -> Self {
        Optimizer { rule: self.rule.clone(), slots: self.slots.clone(), ..*self }
    }
}

impl<R: Rule, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    pub(super) fn with_rule(model: &M, rule: R, lr: f64, weight_decay: f64) -> Self {
        let mut open = Open { hyper: Hyper { lr_factor: 1.0, weight_decay }, parameters: 0 };
        let slots = model.map(&mut open, &Path::ROOT);
        Optimizer { rule, lr, steps: 0, parameters: open.parameters, slots }
    }

    /// The learning rate.
    pub fn lr(&self) -> f64 {
        self.lr
    }

    /// Sets the learning rate, as a schedule does between steps; groups keep their factors.
    pub fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Continues after this many steps, as when state is loaded: Adam's correction of bias depends on it.
    pub fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// Sets the weight decay of all parameters. Groups come after it.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let opt = AdamW::new(&model, 1e-3).weight_decay(0.1);
    /// ```
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.group(|_, hyper| hyper.weight_decay = weight_decay)
    }

    /// Changes the settings of parameters by name. `change` is called once for each parameter, here and now.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let opt = AdamW::new(&model, 1e-3).group(|name, hyper| if name.ends_with("bias") { hyper.weight_decay = 0.0 });
    /// ```
    #[must_use]
    pub fn group(mut self, change: impl FnMut(&str, &mut Hyper)) -> Self {
        self.slots.each_mut(&mut Change(change), &Path::ROOT);
        self
    }

    /// Renews every parameter from its gradient, and every statistic that the forward has recorded.
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
    pub fn step(&mut self, model: &mut M, grads: &M::With<Grads<E, D>>) {
        let mut fits = Fits::default();
        model.zip(grads, &mut self.slots, &mut fits, &Path::ROOT);
        let mut present = Count(0);
        model.each_mut(&mut present, &Path::ROOT);
        if fits.misfit || present.0 != self.parameters || fits.parameters != self.parameters {
            raise(another_model(fits.parameters));
        }
        self.steps += 1;
        let mut walk = Walk { rule: &self.rule, number: self.steps, lr: self.lr };
        model.zip(grads, &mut self.slots, &mut walk, &Path::ROOT);
    }

    /// Shows every tensor of state that is in use: its name, which is the parameter's and the state's joined by a
    /// dot, and
    /// its elements.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let mut opt = Sgd::new(&model, 0.1).momentum(0.9);
    /// let (_, grads) = model.value_and_grad(|m| m.forward(&Cpu.ones::<Shape![1, 3]>()).sum())?;
    /// opt.step(&mut model, &grads);
    /// let mut names = vec![];
    /// opt.visit(|name, _| names.push(name.to_owned()));
    /// assert_eq!(names, ["weight.velocity", "bias.velocity"]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn visit(&self, show: impl FnMut(&str, &[E])) {
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut Show(show, R::STATE), &Path::ROOT);
    }

    /// Takes over state that [`visit`](Optimizer::visit) has shown: `find` is asked for each name, and what it does not
    /// have starts from zeros. The number of steps is apart: [`set_steps`](Optimizer::set_steps).
    ///
    /// # Errors
    /// [`Error::Value`] where the parameter has another number of elements; the state is then as it was.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<1>, D<1>>::new(Key::new(0));
    /// let mut opt = Sgd::new(&model, 0.1).momentum(0.9);
    /// opt.restore(|name| (name == "weight.velocity").then(|| vec![0.5]))?;
    /// opt.visit(|name, values| assert_eq!((name, values), ("weight.velocity", &[0.5][..])));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn restore(&mut self, find: impl FnMut(&str) -> Option<Vec<E>>) -> Result<(), Error> {
        let mut load = Load { find, names: R::STATE, found: Vec::new(), misfit: None };
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut load, &Path::ROOT);
        if let Some(found) = load.misfit {
            let rule = "each parameter needs as many as it has elements";
            return Err(Error::Value { what: "number of values for the state of a parameter", found, rule });
        }
        self.slots.each_mut(&mut Store(load.found.into_iter()), &Path::ROOT);
        Ok(())
    }
}

#[cold]
fn another_model(found: usize) -> Error {
    let rule = "the optimizer was made for a model of other parameters";
    Error::Value { what: "number of parameters whose gradient and state fit", found: found.to_string(), rule }
}

/// Opens a slot for each parameter.
struct Open {
    hyper: Hyper,
    parameters: usize,
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<Slot<E, D>, E, D>> for Open {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (weight, device): &'a (Buf<E>, D)) -> Slot<E, D> {
        self.parameters += 1;
        Slot { hyper: self.hyper, device: *device, len: weight.len(), state: [None, None] }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a (Buf<E>, D)) {}
}

/// Applies a group.
struct Change<F>(F);

impl<E: Real, D: Device, F: FnMut(&str, &mut Hyper)> EachMut<Each<Slot<E, D>, E, D>> for Change<F> {
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &mut Slot<E, D>) {
        (self.0)(&at.to_string(), &mut slot.hyper);
    }
}

/// Counts the parameters of the model.
struct Count(usize);

impl<E: Real, D: Device> EachMut<Weights<E, D>> for Count {
    fn param(&mut self, _: &Path<'_>, _: &[usize], _: &mut (Buf<E>, D)) {
        self.0 += 1;
    }
}

/// Counts the parameters that weights, gradients and state have in common, and finds out whether their sizes agree.
#[derive(Default)]
struct Fits {
    parameters: usize,
    misfit: bool,
}

impl<E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Each<Slot<E, D>, E, D>> for Fits {
    fn param(&mut self, _: &Path<'_>, weight: &mut (Buf<E>, D), gradient: &(Buf<E>, D), slot: &mut Slot<E, D>) {
        self.parameters += 1;
        self.misfit |= weight.0.len() != gradient.0.len() || weight.0.len() != slot.len;
    }
    fn stat(&mut self, _: &Path<'_>, old: &mut (Buf<E>, D), recorded: &Option<Buf<E>>, (): &mut ()) {
        self.misfit |= recorded.as_ref().is_some_and(|new| new.len() != old.0.len());
    }
}

/// The step itself.
struct Walk<'r, R> {
    rule: &'r R,
    number: u64,
    lr: f64,
}

impl<R: Rule, E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Each<Slot<E, D>, E, D>> for Walk<'_, R> {
    fn param(&mut self, _: &Path<'_>, weight: &mut (Buf<E>, D), gradient: &(Buf<E>, D), slot: &mut Slot<E, D>) {
        let Hyper { lr_factor, weight_decay } = slot.hyper;
        let step = Step { number: self.number, lr: self.lr * lr_factor, weight_decay };
        self.rule.renew(weight.1, step, &mut weight.0, &gradient.0, &mut slot.state);
    }
    fn stat(&mut self, _: &Path<'_>, old: &mut (Buf<E>, D), recorded: &Option<Buf<E>>, (): &mut ()) {
        if let Some(new) = recorded {
            old.0 = new.clone();
        }
    }
}

/// Shows the state.
struct Show<F>(F, &'static [&'static str]);

impl<'a, E: Real, D: Device, F: FnMut(&str, &[E])> Map<'a, Each<Slot<E, D>, E, D>, Each<(), E, D>> for Show<F> {
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a Slot<E, D>) {
        for (name, state) in self.1.iter().zip(&slot.state) {
            if let Some(state) = state {
                (self.0)(&format!("{at}.{name}"), &slot.device.download(state));
            }
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// Collects state for every slot, in order.
struct Load<F, E: Elem> {
    find: F,
    names: &'static [&'static str],
    found: Vec<[Option<Buf<E>>; 2]>,
    misfit: Option<String>,
}

impl<E: Elem, F: FnMut(&str) -> Option<Vec<E>>> Load<F, E> {
    fn state<D: Device>(&mut self, at: &Path<'_>, name: &str, slot: &Slot<E, D>) -> Option<Buf<E>> {
        let name = format!("{at}.{name}");
        let values = (self.find)(&name)?;
        if values.len() != slot.len {
            self.misfit = Some(format!("{} for `{name}`, which has {}", values.len(), slot.len));
        }
        Some(slot.device.upload(&values))
    }
}

impl<'a, E: Real, D: Device, F> Map<'a, Each<Slot<E, D>, E, D>, Each<(), E, D>> for Load<F, E>
where
    F: FnMut(&str) -> Option<Vec<E>>,
{
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a Slot<E, D>) {
        let names = self.names;
        let state = std::array::from_fn(|i| names.get(i).and_then(|name| self.state(at, name, slot)));
        self.found.push(state);
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// Puts the collected state into the slots.
struct Store<E: Elem>(std::vec::IntoIter<[Option<Buf<E>>; 2]>);

impl<E: Real, D: Device> EachMut<Each<Slot<E, D>, E, D>> for Store<E> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], slot: &mut Slot<E, D>) {
        slot.state = self.0.next().unwrap_or_default();
    }
}
