//! Between a model, its gradients, the optimizer's state, and vectors of all of them.

use super::long::Long;
use super::memory::{Memory, Pair};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::loops::Update;
use crate::model::{Each, EachMut, Gradient, Grads, Map, Path, Weights, Zip, of_precise, precise};
use crate::num::Num;
use crate::optim::{ParameterState, Remembered};

type Kept<E, D> = (Buf<<E as Real>::Precise>, D);

fn is_trained<E: Real, D>(slot: &ParameterState<E, D>) -> bool {
    slot.hyper.lr_factor != 0.0
}

/// Collects weights and gradients of what is trained; statistics that were recorded are taken over.
pub(super) struct Collect<E: Real, D> {
    pub(super) weights: Vec<Buf<E::Precise>>,
    pub(super) gradients: Vec<Buf<E::Precise>>,
    pub(super) decays: Vec<f64>,
    pub(super) device: Option<D>,
}

impl<E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Each<ParameterState<E, D>, E, D>> for Collect<E, D> {
    fn param(
        &mut self,
        _: &Path<'_>,
        (weight, device): &mut (Buf<E>, D),
        gradient: &Gradient<E, D>,
        slot: &mut ParameterState<E, D>,
    ) {
        if !is_trained(slot) {
            return;
        }
        self.device = Some(*device);
        self.decays.push(slot.hyper.weight_decay);
        self.gradients.push(precise(*device, gradient.values().clone()));
        self.weights.push(match E::NARROW {
            false => precise(*device, weight.clone()),
            true => {
                let mut exact = slot.exact.take().unwrap_or_else(|| device.convert(weight));
                let unused = weight.clone();
                device.update(Stay, weight, &unused, [], Some(&mut exact));
                slot.exact.insert(exact).clone()
            }
        });
    }
    fn stat(&mut self, _: &Path<'_>, old: &mut Kept<E, D>, recorded: &Remembered<E>, (): &mut ()) {
        if let Some(new) = recorded {
            old.0 = new.clone();
        }
    }
}

/// Leaves a weight as it is: what it was before it was rounded is known then, also where it has been written to.
#[derive(Clone, Copy)]
struct Stay;

impl Update<0> for Stay {
    #[cfg_attr(optimised, inline(always))]
    fn renew<V: Num>(self, weight: V, _: V, _: [V; 0]) -> (V, [V; 0]) {
        (weight, [])
    }
}

/// Gives the model what is trained, part by part.
pub(super) struct Place<'v, E: Real>(pub(super) std::slice::Iter<'v, Buf<E::Precise>>);

impl<E: Real, D: Device> Zip<Weights<E, D>, Grads<E, D>, Each<ParameterState<E, D>, E, D>> for Place<'_, E> {
    fn param(
        &mut self,
        _: &Path<'_>,
        (weight, device): &mut (Buf<E>, D),
        _: &Gradient<E, D>,
        slot: &mut ParameterState<E, D>,
    ) {
        if !is_trained(slot) {
            return;
        }
        let values = self.0.next().expect("as many parts as there are trained parameters");
        *weight = of_precise(*device, values.clone());
        slot.exact = E::NARROW.then(|| values.clone());
    }
    fn stat(&mut self, _: &Path<'_>, _: &mut Kept<E, D>, _: &Remembered<E>, (): &mut ()) {}
}

/// Collects what each slot remembers, and the first factor of a learning rate that is neither 0 nor 1.
pub(super) struct Recall<E: Real> {
    pub(super) slots: Vec<Vec<Remembered<E>>>,
    pub(super) factor: Option<f64>,
}

impl<'a, E: Real, D: Device> Map<'a, Each<ParameterState<E, D>, E, D>, Each<(), E, D>> for Recall<E> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], slot: &'a ParameterState<E, D>) {
        let factor = slot.hyper.lr_factor;
        if factor != 0.0 {
            self.slots.push(slot.state.clone());
        }
        self.factor = self.factor.or((factor != 0.0 && factor != 1.0).then_some(factor));
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], (): &'a ()) {}
}

impl<E: Real> Recall<E> {
    /// The vectors, where all slots have their parts.
    pub(super) fn memory<D: Device>(&self, device: D) -> Memory<E::Precise, D> {
        let long = |place: usize| {
            let parts = self.slots.iter().map(|slot| slot.get(place).cloned().flatten());
            Some(Long { parts: parts.collect::<Option<Vec<_>>>()?, device })
        };
        let pairs = (1..).map_while(|pair| Some((long(2 * pair)?, long(2 * pair + 1)?)));
        let most = self.slots.iter().map(Vec::len).max().unwrap_or(0) / 2;
        let pairs = pairs.take(most).filter_map(|(moved, change)| Pair::new(moved, change)).collect();
        Memory { gradient: long(0), moved: long(1), pairs }
    }
}

/// Gives each slot that is trained its part of what is remembered; one that is not counts the iterations.
pub(super) struct Keep<E: Real, D> {
    pub(super) memory: Memory<E::Precise, D>,
    pub(super) iterations: u64,
    pub(super) next: usize,
}

impl<E: Real, D: Device> EachMut<Each<ParameterState<E, D>, E, D>> for Keep<E, D> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], slot: &mut ParameterState<E, D>) {
        if !is_trained(slot) {
            slot.skipped = slot.skipped.saturating_add(self.iterations);
            return;
        }
        let (memory, next) = (&self.memory, self.next);
        let part = |long: &Long<E::Precise, D>| long.parts.get(next).cloned();
        slot.state = [&memory.gradient, &memory.moved].map(|long| long.as_ref().and_then(part)).into();
        slot.state.extend(memory.pairs.iter().flat_map(|pair| [part(&pair.moved), part(&pair.change)]));
        self.next += 1;
    }
}
