//! Averages of models: exponential moving averages of weights, target networks that follow slowly.
//!
//! Apart from the optimizers, which move a model by gradients: here it moves towards another one.

use super::{Each, Path, Tree, Weights, Zip, pairs};
use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::error::{Error, raise};
use crate::graph::{Binary, Leaf, materialise};
use crate::ops::binary::Lerp;

/// Averaging, for every model that holds [`Weights`].
pub trait Averaging<E: Real, D: Device>: Tree<Weights<E, D>> {
    /// Moves every parameter towards that of another model: `w ← w + weight · (other - w)`, which is `w` at 0 and
    /// `other` at 1, both exactly. Statistics are averages already: those of the other model are taken over, as in
    /// PyTorch's `AveragedModel`.
    ///
    /// A weight of `f16` or `bf16` that moves by less than half a step of its type stays where it is: keep such
    /// averages in `f32`, `ema.lerp_from(&model.cast(), 0.01)`. A number that is not from 0 to 1, and a model of other
    /// parameters (a `Vec` of another length, other run-time sizes), raise [`Error::Value`]; nothing has changed then.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let mut ema = model.clone();
    /// ema.visit_mut(|_, _, values| values.fill(0.0));
    /// for _ in 0..2 {
    ///     ema.lerp_from(&model, 0.5);
    /// }
    /// assert_eq!(ema.weight.as_slice()[0], model.weight.as_slice()[0] * 0.75);
    /// ```
    #[track_caller]
    fn lerp_from(&mut self, other: &Self::With<Weights<E, D>>, weight: f64) {
        if !(0.0..=1.0).contains(&weight) {
            let (what, found) = ("weight of the other model in an average", weight.to_string());
            raise(Error::Value { what, found, rule: "it is from 0 to 1" });
        }
        pairs::walk(self, other, &mut Towards(weight));
    }
}
impl<E: Real, D: Device, M: Tree<Weights<E, D>>> Averaging<E, D> for M {}

struct Towards(f64);

impl<E: Real, D: Device> Zip<Weights<E, D>, Weights<E, D>, Each<(), E, D>> for Towards {
    fn param(&mut self, _: &Path<'_>, (own, device): &mut (Buf<E>, D), (other, _): &(Buf<E>, D), (): &mut ()) {
        let shape = (super::gradient::Elements(own.len()),);
        let [a, b] = [&*own, other].map(|buf| Leaf::<_, _, crate::dims::Off>::constant(buf.clone(), shape));
        *own = materialise(*device, &Binary { op: Lerp { weight: self.0 }, a, b }, shape);
    }
    fn stat(
        &mut self,
        _: &Path<'_>,
        (own, _): &mut (Buf<E::Precise>, D),
        (other, _): &(Buf<E::Precise>, D),
        (): &mut (),
    ) {
        own.clone_from(other);
    }
}
