//! Rules: how a parameter is renewed, and what a rule is given to do it.
//!
//! Apart from `optimizer`, which walks over a model and knows no formula.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::loops::Update;
use crate::num::Num;

/// One step for one parameter: what a [`Rule`] needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The number of this step, from 1: of those that renew this parameter.
    pub number: u64,
    /// The learning rate of this parameter.
    pub lr: f64,
    /// The weight decay of this parameter.
    pub weight_decay: f64,
}

/// What an optimizer remembers of each parameter.
pub trait Remember: Clone + 'static {
    /// The names of what it remembers, a tensor of the parameter's shape each, in the order of its formula.
    fn state(&self) -> &'static [&'static str];
    /// How many of them, the first ones, there are of every parameter that has been renewed: all, if nothing is said.
    fn always(&self) -> usize {
        self.state().len()
    }
}

/// How an optimizer renews a parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` renews no weights from gradients alone",
    label = "it asks for the loss itself",
    note = "`optimizer.step_with(&mut model, |m| m.value_and_grad(..))?`"
)]
pub trait Rule: Remember {
    /// Renews a weight and its state.
    fn renew<E: Real, D: Device>(&self, step: Step, renewal: Renewal<'_, E, D>);
}

/// A tensor of state, if it is in use; of `f32` for parameters of `f16` and `bf16`.
pub type Remembered<E> = Option<Buf<<E as Real>::Precise>>;

/// A parameter that is being renewed, and its state.
pub struct Renewal<'a, E: Real, D> {
    pub(super) device: D,
    pub(super) weight: &'a mut Buf<E>,
    pub(super) gradient: &'a Buf<E>,
    pub(super) exact: Option<&'a mut Buf<E::Precise>>,
    pub(super) state: &'a mut Vec<Remembered<E>>,
}

impl<E: Real, D: Device> Renewal<'_, E, D> {
    /// Whether nothing is remembered of the parameter yet: all its state stands for zeros.
    pub fn begins(&self) -> bool {
        self.state.iter().all(Option::is_none)
    }

    /// Applies a formula to the weight and to as many tensors of state as it has, the first of those that the rule
    /// names. State that has not been used yet is zeros.
    pub fn update<U: Update<N>, const N: usize>(self, formula: U) {
        let (device, len) = (self.device, self.weight.len());
        if self.state.len() < N {
            self.state.resize(N, None);
        }
        let state = self.state.first_chunk_mut::<N>().expect("there are as many now");
        let state = state.each_mut().map(|state| state.get_or_insert_with(|| device.zeroed(len)));
        device.update(formula, self.weight, self.gradient, state, self.exact);
    }
}

/// The largest gradient that rules count whose memory is of squares: the type still holds the square of a larger one,
/// and sums of many of them.
pub(super) fn most<E: Real>() -> f64 {
    if size_of::<E::Precise>() == size_of::<f32>() { 2f64.powi(56) } else { 2f64.powi(500) }
}

/// The gradient, at most this large: a step of Adam is of the same size then, where an infinite square would stop all
/// later ones. What is infinite itself becomes NaN, which is seen.
#[cfg_attr(optimised, inline(always))]
pub(super) fn bounded<V: Num>(gradient: V, most: f64) -> V {
    let size = gradient.abs();
    let largest = (size * 0.0 + most).copysign(gradient); // NaN where it is infinite
    V::select_gt(size, V::c(most), largest, gradient)
}

/// The gradient with the decay of the weight. Without decay an infinite weight adds 0, not NaN.
#[cfg_attr(optimised, inline(always))]
pub(super) fn decayed<V: Num>(gradient: V, weight: V, decay: f64) -> V {
    if decay == 0.0 { gradient } else { weight.fma(V::c(decay), gradient) }
}
