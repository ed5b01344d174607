//! An element is read by a number for each axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x[[0, 1]];
}
