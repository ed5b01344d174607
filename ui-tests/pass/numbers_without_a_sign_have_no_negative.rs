//! The negative is of numbers with a sign.
use congruent::prelude::*;

pub fn main() {
    let ids = Cpu.tensor_of::<u32, _>([1, 2]);
    let _ = (-&ids.convert::<i64>()).eval();
}
