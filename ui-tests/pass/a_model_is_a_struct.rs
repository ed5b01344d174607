//! Only a struct is a model.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    weight: Param<Shape![3], P>,
}

pub fn main() {
    let weight: Param<_> = Cpu.ones().into();
    let _: Net = Net { weight };
}
