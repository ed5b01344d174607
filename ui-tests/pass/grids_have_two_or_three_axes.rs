//! A grid has two or three axes, each a vector by reference.
use congruent::prelude::*;

pub fn main() {
    let (rows, columns) = (Cpu.tensor([1, 2]), Cpu.tensor([3, 4]));
    let _ = Cpu.meshgrid((&rows, &columns));
}
