//! A tensor is an operand by reference on the left, too.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let y = Cpu.ones::<Shape![2]>();
    let _ = (&x + &y).eval();
}
