//! Rows of a literal are equally long.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
}
