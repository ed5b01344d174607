//! A number beside floats is a float.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let _ = (&x * 2.0).eval();
}
