//! The sides of a comparison broadcast.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 4]>();
    let y = Cpu.zeros::<Shape![4]>();
    let _ = x.gt(&y).eval();
}
