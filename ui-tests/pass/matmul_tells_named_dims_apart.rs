//! Two named dims of equal size are two dims.
use congruent::prelude::*;

dims! { Height = 28, Width = 28 }

pub fn main() {
    let images = Cpu.zeros::<Shape![2, Height]>();
    let weight = Cpu.zeros::<Shape![Height, 5]>();
    let _ = images.matmul(&weight).eval();
}
