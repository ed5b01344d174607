//! Indices are borrowed, as operands are.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![4, 3]>();
    let ids = Cpu.tensor([1, 2]);
    let _ = x.index_select::<0>(&ids).eval();
}
