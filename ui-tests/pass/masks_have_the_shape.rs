//! A mask stretches to the shape of the tensor.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let mask = Cpu.tensor_of::<bool, _>([true, false, true]);
    let _ = x.masked_fill(&mask, 0.0).eval();
}
