//! Rows of a literal are equally long, however deep.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]);
}
