//! Bits are those of integers: floats have none to turn over.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1, 2]);
    let _ = (!&x).eval();
}
