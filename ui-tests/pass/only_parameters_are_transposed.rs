//! What PyTorch keeps the other way round is a parameter.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    #[model(transposed)]
    weight: Param<Shape![3, 2], P>,
    rate: f64,
}

pub fn main() {
    let net: Net = Net { weight: Cpu.ones().into(), rate: 0.1 };
    let _ = (net.weight.tensor(), net.rate);
}
