//! Which parameter, or gradient, is no number any more.
//!
//! Apart from the run because it looks at every element: it is asked when something is wrong already, and once an
//! epoch.

use crate::device::Device;
use crate::dtype::Real;
use crate::model::{GradMath, Grads, Inspect, Tree, Weights};

/// The first parameter or statistic, in the order of the model, that is not finite: ``parameter `first.weight` is NaN
/// at element 3``.
pub(super) fn spoilt_value<M: Tree<Weights<E, D>>, E: Real, D: Device>(model: &M) -> Option<String> {
    let mut first = None;
    model.visit(|name, _, values: &[E]| look(&mut first, "parameter", name, values));
    first
}

/// The first gradient that is not finite, in the same words.
pub(super) fn spoilt_gradient<G: Tree<Grads<E, D>>, E: Real, D: Device>(grads: &G) -> Option<String> {
    let mut first = None;
    GradMath::visit(grads, |name, _, values: Option<&[E]>| {
        look(&mut first, "gradient of", name, values.unwrap_or_default());
    });
    first
}

fn look<E: Real>(first: &mut Option<String>, what: &str, name: &str, values: &[E]) {
    if first.is_some() {
        return;
    }
    let wrong = values.iter().position(|value| !value.as_f64().is_finite());
    *first = wrong.map(|place| {
        let name = if name.is_empty() { "the parameter".to_owned() } else { format!("`{name}`") };
        format!("{what} {name} is {} at element {place}", values[place].as_f64())
    });
}
