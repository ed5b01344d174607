//! What has a gradient is a parameter, by its type.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _: Param<Shape![2, 2]> = x.into();
}
