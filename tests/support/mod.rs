//! What the tests of layers, losses and optimizers share: PyTorch's reference cases, and finite differences.
#![allow(dead_code, reason = "each test file uses a part of it")]

use congruent::io::raw::RawArray;
use congruent::io::safetensors::SafetensorsFile;
use congruent::model::{EachMut, Gradient, Path, Tree};
use congruent::prelude::*;

/// The cases that PyTorch has computed; see `golden/golden.json` for what each of them is.
pub(crate) struct Golden(SafetensorsFile);

impl Golden {
    pub(crate) fn open() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/golden.safetensors");
        Golden(SafetensorsFile::open(path).expect("the reference file is there"))
    }

    fn raw(&mut self, name: &str) -> RawArray {
        self.0.get(name).expect("the case has this tensor")
    }

    /// A tensor of a case, under the shape that it must have.
    pub(crate) fn tensor<S: Shape>(&mut self, name: &str) -> Tensor<S> {
        let array = self.raw(name);
        let shape = S::from_dims(&array.shape).unwrap_or_else(|| panic!("{name} has shape {:?}", array.shape));
        Cpu.from_slice(shape, &array.values::<f32>(name).expect("these are f32")).expect("as many as the shape has")
    }

    /// The labels or ids of a case.
    pub(crate) fn ids<S: Shape>(&mut self, name: &str) -> Tensor<S, i64> {
        let array = self.raw(name);
        let shape = S::from_dims(&array.shape).unwrap_or_else(|| panic!("{name} has shape {:?}", array.shape));
        Cpu.from_slice(shape, &array.values::<i64>(name).expect("these are i64")).expect("as many as the shape has")
    }

    /// The gradient of a scalar output, which the reference has multiplied into all others.
    pub(crate) fn cotangent(&mut self, case: &str) -> f64 {
        f64::from(self.tensor::<()>(&format!("{case}/cot0")).item())
    }
}

/// Asserts that two lists agree within `tolerance`, relative to the larger of 1 and what was expected.
#[track_caller]
pub(crate) fn assert_close<E: Elem>(what: &str, found: &[E], expected: &[E], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: the lengths differ");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let (found, expected) = (found.as_f64(), expected.as_f64());
        let near = (found - expected).abs() <= tolerance * expected.abs().max(1.0);
        assert!(near || (found.is_nan() && expected.is_nan()), "{what}: at {place} found {found}, expected {expected}");
    }
}

/// All gradients of a model, one parameter after the other.
pub(crate) fn flat<A: Device, G: Tree<Grads<f64, A>>>(mut grads: G) -> Vec<f64> {
    struct Collect(Vec<f64>);
    impl<A: Device> EachMut<Grads<f64, A>> for Collect {
        fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<f64, A>) {
            self.0.extend(gradient.device().download(gradient.values()));
        }
    }
    let mut collect = Collect(Vec::new());
    grads.each_mut(&mut collect, &Path::ROOT);
    collect.0
}

/// Adds `by` to element number `place` of all parameters and statistics.
fn nudge<M: Inspect<f64, Cpu>>(model: &mut M, place: usize, by: f64) {
    let mut start = 0;
    model.visit_mut(|_, _, values| {
        if (start..start + values.len()).contains(&place) {
            values[place - start] += by;
        }
        start += values.len();
    });
}

/// Asserts that the gradients of every parameter are those of central differences. The model has no statistics.
#[track_caller]
pub(crate) fn assert_gradients<M: Inspect<f64, Cpu>>(what: &str, model: &mut M, run: impl Fn(&M) -> (f64, Vec<f64>)) {
    const STEP: f64 = 1e-5;
    let (_, gradients) = run(model);
    assert_eq!(gradients.len(), model.count(), "{what}: one gradient a parameter");
    for (place, gradient) in gradients.into_iter().enumerate() {
        nudge(model, place, STEP);
        let up = run(model).0;
        nudge(model, place, -2.0 * STEP);
        let down = run(model).0;
        nudge(model, place, STEP);
        let slope = (up - down) / (2.0 * STEP);
        let near = (slope - gradient).abs() < 1e-6 * slope.abs().max(1.0);
        assert!(near, "{what}: the gradient of element {place} is {gradient}, differences say {slope}");
    }
}

/// `gradients!(model, |m| loss)`: the gradients of the loss against central differences.
#[allow(unused_macros, reason = "optimizers have no gradients of their own")]
macro_rules! gradients {
    ($model:expr, |$m:pat_param| $loss:expr) => {
        $crate::support::assert_gradients(stringify!($loss), &mut $model, |model| {
            let (loss, grads) = model.value_and_grad(|$m| $loss).expect("the sizes agree");
            (loss, $crate::support::flat(grads))
        })
    };
}
#[allow(unused_imports, reason = "optimizers have no gradients of their own")]
pub(crate) use gradients;

/// Uniform numbers as a parameter.
pub(crate) fn random<S: Shape>(shape: S, seed: u64, low: f64, high: f64) -> Param<S, Weights<f64>> {
    Cpu.uniform_of(shape, Key::new(seed), low, high).into()
}
