//! A reshape keeps the number of elements.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 224, 224]>();
    let _ = x.reshape(<Shape![2, 75264]>::default()).eval();
}
