//! As many rows on the right as columns on the left.
use congruent::prelude::*;

pub fn main() {
    let a = Cpu.zeros::<Shape![2, 3]>();
    let b = Cpu.zeros::<Shape![3, 5]>();
    let _ = a.matmul(&b).eval();
}
