//! What is added to a tensor stays as it is.
use congruent::prelude::*;

pub fn main() {
    let mut x = Cpu.tensor([1.0, 2.0]);
    let y = Cpu.tensor([3.0, 4.0]);
    x += &y;
}
