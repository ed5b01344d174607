//! The options of a field are `skip` and `transposed`.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3], P>,
    #[model(skip)]
    name: &'static str,
}

pub fn main() {
    let net: Net = Net { weight: Cpu.ones().into(), name: "net" };
    let _ = (net.weight.tensor(), net.name);
}
