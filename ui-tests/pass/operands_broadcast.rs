//! Elementwise operands have shapes that broadcast.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 4]>();
    let y = Cpu.zeros::<Shape![2, 1]>();
    let _ = (&x + &y).eval();
}
