//! A parameter is a floating-point tensor.
use congruent::prelude::*;

pub fn main() {
    let x: Param<Shape![3]> = Cpu.tensor([1.0, 2.0, 3.0]).into();
    let _ = x.tensor();
}
