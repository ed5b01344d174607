//! Running formulas, held against the processor's: every one of them, of each float, both ways.

use crate::device;
use crate::near::near;
use congruent::cuda::Cuda;
use congruent::ops::{RunningForm, RunningRow, RunningVisitor, every_running_formula};
use congruent::prelude::*;
use congruent::random::Key;

dims! { Rows = ?, Columns = ? }

/// What each formula gives along both axes, and the gradients.
struct Along<E: Real, A: Device> {
    x: Tensor<(Rows, Columns), E, A>,
    seen: Vec<(&'static str, Vec<f64>)>,
}

impl<E: Real, A: Device> RunningVisitor for Along<E, A> {
    fn running<M: RunningForm>(&mut self, row: &RunningRow, method: M) {
        let weights = Param::<(Rows, Columns), Weights<E, A>>::from(self.x.clone());
        let mut seen = Vec::new();
        seen.extend(method.axis::<0, _>(&self.x).eval().to_vec());
        seen.extend(method.axis::<1, _>(&self.x).eval().to_vec());
        let (_, grads) = weights.value_and_grad(|w| method.axis::<0, _>(w).square().sum()).expect("a step");
        seen.extend(grads.tensor().to_vec());
        let (_, grads) = weights.value_and_grad(|w| method.axis::<1, _>(w).square().sum()).expect("a step");
        seen.extend(grads.tensor().to_vec());
        self.seen.push((row.name, seen.into_iter().map(|x| x.as_f64()).collect()));
    }
}

fn found<E: Real, A: Device>(device: A, [rows, columns]: [usize; 2]) -> Vec<(&'static str, Vec<f64>)> {
    let number = |i: usize| E::of_f64(0.5 + 1.2 * Key::new(7).uniform_f64(i as u64));
    let mut along = Along { x: device.from_fn((Rows(rows), Columns(columns)), number), seen: Vec::new() };
    every_running_formula(&mut along);
    along.seen
}

fn check<E: Real>(device: Cuda, digits: f64) {
    for sizes in [[0, 3], [3, 0], [1, 1], [7, 17], [17, 7], [2, 300], [1021, 1]] {
        for ((name, found), (_, wanted)) in found::<E, _>(device, sizes).iter().zip(found::<E, _>(Cpu, sizes)) {
            near(found, &wanted, digits, &format!("{name} of {sizes:?} of {}", E::NAME));
        }
    }
}

#[test]
fn running_formulas_are_those_of_the_processor() {
    let Some(device) = device() else { return };
    check::<f64>(device, 1e-10);
    check::<f32>(device, 1e-4);
    check::<f16>(device, 2e-2);
    check::<bf16>(device, 1e-1);
}
