//! Gradients come from `value_and_grad`, not from a method of the loss.
use congruent::prelude::*;

pub fn main() {
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let _ = w.value_and_grad(|w| w.square().sum());
}
