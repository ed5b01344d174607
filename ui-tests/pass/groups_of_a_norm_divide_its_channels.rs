//! The groups of a group norm divide its channels.
use congruent::prelude::*;

pub fn main() {
    let norm = GroupNorm::<D<6>, 3>::new();
    let x = Cpu.ones::<Shape![2, 6, 4, 4]>();
    println!("{:?}", norm.infer(|m| m.forward(&x).eval()));
}
