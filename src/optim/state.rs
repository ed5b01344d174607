//! The state of an optimizer under names, as files keep it.
//!
//! Apart from `optimizer` because a step needs none of it.

use super::optimizer::{ParameterState, Rules};
use super::{Optimizer, Remember, Remembered};
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::model::{Each, EachMut, Map, Path, Tree, Weights};

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// Shows every tensor of state that is in use: its name, which is the parameter's and the state's joined by a
    /// dot, and its elements; these are of `f32` for parameters of `f16` and `bf16`.
    ///
    /// Beside the names of the rule (`velocity`; `first_moment`, ..) there are `exact`, the weights before they were
    /// rounded, for parameters of `f16` and `bf16`, and `skipped`, one number, how many of the [`steps`](Self::steps)
    /// left the parameter alone, where there are such.
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
    pub fn visit(&self, show: impl FnMut(&str, &[E::Precise])) {
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut Show(show, self.rules()), &Path::ROOT);
    }

    /// Takes over state that [`visit`](Optimizer::visit) has shown: `find` is asked for each name, and what it does not
    /// have starts from zeros; without `exact` the weights are taken as they are. The number of steps is apart:
    /// [`set_steps`](Optimizer::set_steps).
    ///
    /// # Errors
    /// [`Error::Value`] where the parameter has another number of elements, and where `skipped` is no count; the state
    /// is then as it was.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<1>, D<1>>::new(Key::new(0));
    /// let mut opt = Sgd::new(&model, 0.1).momentum(0.9);
    /// opt.restore(|name| (name == "weight.velocity").then(|| vec![0.5]))?;
    /// opt.visit(|name, values| assert_eq!((name, values), ("weight.velocity", &[0.5][..])));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn restore(&mut self, find: impl FnMut(&str) -> Option<Vec<E::Precise>>) -> Result<(), Error> {
        let (mut find, mut misfit) = (find, None);
        let gathered = self.gather(|name, len, device| {
            let values = find(name)?;
            if values.len() != len {
                misfit = Some(format!("{} for `{name}`, which has {len}", values.len()));
                return None;
            }
            Some(device.upload(&values))
        });
        if let Some(found) = misfit {
            let rule = "each parameter needs as many as it has elements, and one for `skipped`";
            return Err(Error::Value { what: "number of values for the state of a parameter", found, rule });
        }
        if let Some(found) = gathered.spoilt {
            return Err(Error::Value { what: "number of skipped steps", found, rule: "it counts from 0" });
        }
        self.put(gathered);
        Ok(())
    }

    /// Every tensor of state that is in use, under its name, in the memory where it is.
    pub(crate) fn state(&self) -> Vec<(String, Buf<E::Precise>, D)> {
        let mut all = All { rules: self.rules(), found: Vec::new() };
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut all, &Path::ROOT);
        all.found
    }

    /// New state for every parameter, to be [`put`](Self::put); nothing changes before. `find` is asked for each name,
    /// with the number of elements and where they belong.
    pub(crate) fn gather(&self, find: impl FnMut(&str, usize, D) -> Option<Buf<E::Precise>>) -> Gathered<E> {
        let mut load = Load { find, rules: self.rules(), found: Gathered { slots: Vec::new(), spoilt: None } };
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut load, &Path::ROOT);
        load.found
    }

    /// Takes over what [`gather`](Self::gather) has found.
    pub(crate) fn put(&mut self, gathered: Gathered<E>) {
        self.slots.each_mut(&mut Store(gathered.slots.into_iter()), &Path::ROOT);
    }
}

/// State for every slot, in order.
pub(crate) struct Gathered<E: Real> {
    slots: Vec<Loaded<E>>,
    /// The first number of skipped steps that is none, in words.
    pub(crate) spoilt: Option<String>,
}

impl<E: Real> Gathered<E> {
    /// The names of state that was not found, though one of this many steps has renewed its parameter.
    pub(crate) fn missing(&self, steps: u64) -> impl Iterator<Item = &str> {
        let renewed = self.slots.iter().filter(move |loaded| loaded.skipped < steps);
        renewed.flat_map(|loaded| loaded.missing.iter().map(String::as_str))
    }
}

/// The names of state that no rule has: see [`Optimizer::visit`].
const EXACT: &str = "exact";
const SKIPPED: &str = "skipped";

/// Shows the state.
struct Show<'r, F, R>(F, Rules<'r, R>);

impl<'a, E: Real, D: Device, F, R: Remember> Map<'a, Each<ParameterState<E, D>, E, D>, Each<(), E, D>>
    for Show<'_, F, R>
where
    F: FnMut(&str, &[E::Precise]),
{
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a ParameterState<E, D>) {
        for (name, state) in in_use(at, slot, self.1.advance().state()) {
            slot.device.show(&state, |values| (self.0)(&name, values));
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// Collects the state that is in use.
struct All<'r, E: Real, D, R> {
    rules: Rules<'r, R>,
    found: Vec<(String, Buf<E::Precise>, D)>,
}

impl<'a, E: Real, D: Device, R: Remember> Map<'a, Each<ParameterState<E, D>, E, D>, Each<(), E, D>>
    for All<'_, E, D, R>
{
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a ParameterState<E, D>) {
        let names = self.rules.advance().state();
        self.found.extend(in_use(at, slot, names).map(|(name, state)| (name, state, slot.device)));
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// What a slot has in use, under its names.
fn in_use<'s, E: Real, D: Device>(
    at: &'s Path<'_>,
    slot: &'s ParameterState<E, D>,
    names: &'static [&'static str],
) -> impl Iterator<Item = (String, Buf<E::Precise>)> + 's {
    let tensors = names.iter().zip(&slot.state).chain([(&EXACT, &slot.exact)]);
    let tensors = tensors.filter_map(|(name, state)| Some((*name, state.clone()?)));
    let skipped = (slot.skipped > 0).then(|| (SKIPPED, slot.device.scalar(E::Precise::of_f64(slot.skipped as f64))));
    tensors.chain(skipped).map(move |(name, state)| (format!("{at}.{name}"), state))
}

/// What is loaded into a slot.
struct Loaded<E: Real> {
    state: Vec<Remembered<E>>,
    exact: Remembered<E>,
    skipped: u64,
    /// The names of the rule that were not found.
    missing: Vec<String>,
}

/// Collects state for every slot, in order.
struct Load<'r, F, E: Real, R> {
    find: F,
    rules: Rules<'r, R>,
    found: Gathered<E>,
}

impl<'a, E: Real, D: Device, F, R: Remember> Map<'a, Each<ParameterState<E, D>, E, D>, Each<(), E, D>>
    for Load<'_, F, E, R>
where
    F: FnMut(&str, usize, D) -> Option<Buf<E::Precise>>,
{
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a ParameterState<E, D>) {
        let (mut missing, device) = (Vec::new(), slot.device);
        let mut find = |name: &str, len| (self.find)(&format!("{at}.{name}"), len, device);
        let rule = self.rules.advance();
        let state = rule.state().iter().enumerate().map(|(place, name)| {
            let found = find(name, slot.len);
            if found.is_none() && place < rule.always() {
                missing.push(format!("{at}.{name}"));
            }
            found
        });
        let state = state.collect();
        let exact = if E::NARROW { find(EXACT, slot.len) } else { None };
        let skipped = find(SKIPPED, 1).map_or(0.0, |count| device.download_scalar(&count).as_f64());
        if !(skipped >= 0.0 && skipped.fract() == 0.0) {
            self.found.spoilt.get_or_insert_with(|| format!("`{at}.{SKIPPED}` of {skipped}"));
        }
        let skipped = skipped as u64;
        self.found.slots.push(Loaded { state, exact, skipped, missing });
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// Puts the collected state into the slots.
struct Store<E: Real>(std::vec::IntoIter<Loaded<E>>);

impl<E: Real, D: Device> EachMut<Each<ParameterState<E, D>, E, D>> for Store<E> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], slot: &mut ParameterState<E, D>) {
        let loaded = self.0.next().expect("`map` and `each_mut` visit the same parameters");
        (slot.state, slot.exact, slot.skipped) = (loaded.state, loaded.exact, loaded.skipped);
    }
}
