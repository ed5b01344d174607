//! A median may lie between two elements.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([1.0, 2.0]).median();
}
