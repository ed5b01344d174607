//! Slices are chosen along an axis that exists.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![4, 3]>();
    let _ = x.index_select::<1>(&Cpu.tensor([1, 2])).eval();
}
