//! Slices that are added have the shape of those that they are added to.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![4, 3]>();
    let _ = x.index_add::<0>(&Cpu.tensor([1, 2]), &Cpu.zeros::<Shape![2, 3]>()).eval();
}
