//! One index for each element takes as many axes as the tensor has.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.take_along_axis::<1>(&Cpu.tensor([[1], [2]])).eval();
}
