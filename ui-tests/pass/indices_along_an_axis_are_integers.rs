//! Slices are chosen by integers.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![4, 3]>();
    let _ = x.index_select::<0>(&Cpu.tensor([1, 2])).eval();
}
