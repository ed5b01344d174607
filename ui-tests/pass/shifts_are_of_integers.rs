//! Bits are those of integers: floats are not shifted.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1, 2]);
    let _ = (&x << &x).eval();
}
