//! Each element that is scattered has an index.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.scatter::<1>(&Cpu.tensor([[1], [2]]), &Cpu.tensor([[5.0], [7.0]])).eval();
}
