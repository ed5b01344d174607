//! An expression moves into the next one, right of an operator, too.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let y = x.exp();
    let _ = (&x * y).eval();
}
