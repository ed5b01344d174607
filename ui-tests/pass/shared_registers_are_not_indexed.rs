//! A register holds one element at a time: nothing can be chosen from it.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let ids = Cpu.tensor([1, 0]);
    let _ = (&x * 2.0).with(|v| v.index_select::<0>(&ids)).eval();
}
