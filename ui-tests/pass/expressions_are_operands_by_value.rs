//! An expression moves into the next one.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let (y, z) = (&x * 2.0, x.exp());
    let _ = (y + z).eval();
}
