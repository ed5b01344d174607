//! A model has a parameter that says what its tensors are.
use congruent::prelude::*;

#[derive(Model)]
struct Net {
    weight: Param<Shape![3]>,
}

fn main() {
    let net = Net { weight: Cpu.ones().into() };
    let _ = net.weight.tensor();
}
