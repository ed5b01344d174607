//! The state of an optimizer under names, as files keep it.
//!
//! Apart from `optimizer` because a step needs none of it.

use super::optimizer::{Remembered, Slot};
use super::{Optimizer, Rule};
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::model::{Each, EachMut, Map, Path, Tree, Weights};

impl<R: Rule, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
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
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut Show(show, self.rule.state()), &Path::ROOT);
    }

    /// Takes over state that [`visit`](Optimizer::visit) has shown: `find` is asked for each name, and what it does not
    /// have starts from zeros; without `exact` the weights are taken as they are. The number of steps is apart:
    /// [`set_steps`](Optimizer::set_steps).
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
    pub fn restore(&mut self, find: impl FnMut(&str) -> Option<Vec<E::Precise>>) -> Result<(), Error> {
        let mut load = Load { find, names: self.rule.state(), found: Vec::new(), misfit: None };
        let _ = Tree::map::<Each<(), E, D>, _>(&self.slots, &mut load, &Path::ROOT);
        if let Some(found) = load.misfit {
            let rule = "each parameter needs as many as it has elements, and one for `skipped`";
            return Err(Error::Value { what: "number of values for the state of a parameter", found, rule });
        }
        self.slots.each_mut(&mut Store(load.found.into_iter()), &Path::ROOT);
        Ok(())
    }
}

/// The names of state that no rule has: see [`Optimizer::visit`].
const EXACT: &str = "exact";
const SKIPPED: &str = "skipped";

/// Shows the state.
struct Show<F>(F, &'static [&'static str]);

impl<'a, E: Real, D: Device, F> Map<'a, Each<Slot<E, D>, E, D>, Each<(), E, D>> for Show<F>
where
    F: FnMut(&str, &[E::Precise]),
{
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a Slot<E, D>) {
        for (name, state) in self.1.iter().zip(&slot.state).chain([(&EXACT, &slot.exact)]) {
            if let Some(state) = state {
                (self.0)(&format!("{at}.{name}"), &slot.device.download(state));
            }
        }
        if slot.skipped > 0 {
            (self.0)(&format!("{at}.{SKIPPED}"), &[E::Precise::of_f64(slot.skipped as f64)]);
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// What is loaded into a slot.
type Loaded<E> = ([Remembered<E>; 2], Remembered<E>, u64);

/// Collects state for every slot, in order.
struct Load<F, E: Real> {
    find: F,
    names: &'static [&'static str],
    found: Vec<Loaded<E>>,
    misfit: Option<String>,
}

impl<E: Real, F: FnMut(&str) -> Option<Vec<E::Precise>>> Load<F, E> {
    /// The values under this name, as many as they must be.
    fn find(&mut self, at: &Path<'_>, name: &str, len: usize) -> Option<Vec<E::Precise>> {
        let name = format!("{at}.{name}");
        let values = (self.find)(&name)?;
        if values.len() != len {
            self.misfit = Some(format!("{} for `{name}`, which has {len}", values.len()));
            return None;
        }
        Some(values)
    }
}

impl<'a, E: Real, D: Device, F> Map<'a, Each<Slot<E, D>, E, D>, Each<(), E, D>> for Load<F, E>
where
    F: FnMut(&str) -> Option<Vec<E::Precise>>,
{
    fn param(&mut self, at: &Path<'_>, _: &[usize], slot: &'a Slot<E, D>) {
        let (names, device, len) = (self.names, slot.device, slot.len);
        let mut tensor = |name| self.find(at, name, len).map(|values| device.upload(&values));
        let state = std::array::from_fn(|i| names.get(i).and_then(|name| tensor(name)));
        let exact = if E::NARROW { tensor(EXACT) } else { None };
        let skipped = self.find(at, SKIPPED, 1).map_or(0, |count| count[0].as_f64() as u64);
        self.found.push((state, exact, skipped));
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

/// Puts the collected state into the slots.
struct Store<E: Real>(std::vec::IntoIter<Loaded<E>>);

impl<E: Real, D: Device> EachMut<Each<Slot<E, D>, E, D>> for Store<E> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], slot: &mut Slot<E, D>) {
        (slot.state, slot.exact, slot.skipped) = self.0.next().unwrap_or_default();
    }
}
