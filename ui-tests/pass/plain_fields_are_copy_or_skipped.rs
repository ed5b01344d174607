//! What is no parameter or layer is `Copy`, or skipped.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3], P>,
    #[model(skip)]
    names: Vec<f32>,
}

pub fn main() {
    let net: Net = Net { weight: Cpu.ones().into(), names: vec![] };
    let _ = (net.weight.tensor(), net.names);
}
