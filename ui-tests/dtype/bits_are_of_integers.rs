//! Bits are those of integers: floats have none to combine.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let _ = (&x & &x).eval();
}
