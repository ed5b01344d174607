//! The operands of a method broadcast as those of an operator do.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 4]>();
    let y = Cpu.zeros::<Shape![4]>();
    let _ = x.atan2(&y).eval();
}
