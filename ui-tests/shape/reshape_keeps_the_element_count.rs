//! A reshape keeps the number of elements.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![3, 224, 224]>();
    let _ = x.reshape(<Shape![2, 50257]>::default()).eval();
}
