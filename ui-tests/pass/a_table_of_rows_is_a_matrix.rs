//! Rows are taken of a matrix; elements of a vector are taken by their places.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0, 3.0]);
    let ids = Cpu.tensor([[2, 1], [0, 1]]);
    let _ = x.take(&ids).relu().eval();
}
