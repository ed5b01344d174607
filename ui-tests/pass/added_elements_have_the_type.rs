//! What is added to a tensor has its element type.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3]>();
    let _ = x.scatter_add::<0>(&Cpu.tensor([1]), &Cpu.tensor_of::<f32, _>([5.0])).eval();
}
