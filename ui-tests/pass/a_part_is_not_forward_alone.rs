//! A model exists for every part, not only for those that run `forward`.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part> {
    weight: Param<Shape![3], P>,
}

fn main() {
    let net: Net<Weights> = Net { weight: Cpu.ones().into() };
    let _ = net.weight.tensor();
}
