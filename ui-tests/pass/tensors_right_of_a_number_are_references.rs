//! A tensor is an operand by reference beside a number, too.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = (2.0 * &x).eval();
}
