//! Two generic shapes meet where a bound says that they do.
use congruent::prelude::*;

fn total<S: Shape + congruent::shape::Broadcast<R>, R: Shape>(x: &Tensor<S>, y: &Tensor<R>) -> f32 {
    (x + y).sum().eval().item()
}

pub fn main() {
    let _ = total(&Cpu.ones::<Shape![2]>(), &Cpu.ones::<Shape![2]>());
}
