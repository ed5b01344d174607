//! A struct that names no part is told once; what is done with it is no mistake of its own.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    gain: Param<Shape![3], P>,
}

pub fn main() {
    let net: Net = Net { gain: Cpu.ones().into() };
    let (loss, _grads) = net.value_and_grad(|m| m.gain.square().sum()).expect("no sizes");
    assert_eq!(loss, 3.0);
}
