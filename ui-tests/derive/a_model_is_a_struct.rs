//! Only a struct is a model.
use congruent::prelude::*;

#[derive(Model)]
enum Net<P: Part = Weights> {
    Only { weight: Param<Shape![3], P> },
}

fn main() {
    let weight: Param<_> = Cpu.ones().into();
    let _: Net = Net::Only { weight };
}
