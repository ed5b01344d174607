//! What is added to a tensor in its place is of its element type.
use congruent::prelude::*;

pub fn main() {
    let mut x = Cpu.tensor([1, 2]);
    x += &Cpu.tensor([1, 2]);
    println!("{x}");
}
