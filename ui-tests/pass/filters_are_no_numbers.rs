//! The filter of a convolution is a type.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![1, 2, 6, 6]>();
    let weight = Cpu.ones::<Shape![3, 2, 3, 3]>();
    let _ = x.conv2d(&weight, Filter::<3>).eval();
}
