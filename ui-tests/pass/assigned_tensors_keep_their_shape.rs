//! What is added to a tensor in its place does not stretch it.
use congruent::prelude::*;

pub fn main() {
    let mut x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    x += &Cpu.tensor([1.0, 2.0]);
    println!("{x}");
}
