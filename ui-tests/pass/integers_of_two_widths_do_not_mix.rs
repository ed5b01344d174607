//! Integers of two widths are never mixed implicitly.
use congruent::prelude::*;

pub fn main() {
    let small = Cpu.tensor_of::<i32, _>([1, 2, 3]);
    let large = Cpu.tensor([1, 2, 3]);
    let _ = (&large - &small.convert::<i64>()).eval();
}
