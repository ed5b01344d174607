//! Gradients are those of a model or a parameter.
use congruent::prelude::*;

pub fn main() {
    let x: Param<_> = Cpu.ones::<Shape![3]>().into();
    let _ = x.value_and_grad(|x| x.exp().sum());
}
