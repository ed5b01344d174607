//! A mask with more axes than the tensor does not stretch it.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let mask = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = x.masked_fill(&mask, 0.0).eval();
}
