//! Gradients are those of a model or a parameter.
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![3]>();
    let _ = x.value_and_grad(|x| x.exp().sum());
}
