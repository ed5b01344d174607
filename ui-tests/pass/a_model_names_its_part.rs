//! A model has a parameter that says what its tensors are.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3], P>,
}

pub fn main() {
    let net = Net { weight: Cpu.ones().into() };
    let _ = net.weight.tensor();
}
