//! A parameter without the part would never train.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3], P>,
    bias: Param<Shape![3], P>,
}

pub fn main() {
    let net: Net = Net { weight: Cpu.ones().into(), bias: Cpu.ones().into() };
    let _ = (net.weight.tensor(), net.bias.tensor());
}
