//! What PyTorch keeps the other way round is a parameter.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3, 2], P>,
    #[model(transposed)]
    rate: f64,
}

fn main() {
    let net: Net = Net { weight: Cpu.ones().into(), rate: 0.1 };
    let _ = (net.weight.tensor(), net.rate);
}
