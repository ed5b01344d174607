//! The axes before the last two broadcast.
use congruent::prelude::*;

pub fn main() {
    let a = Cpu.zeros::<Shape![7, 2, 3]>();
    let b = Cpu.zeros::<Shape![7, 3, 5]>();
    let _ = a.matmul(&b).eval();
}
