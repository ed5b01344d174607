//! Several quantiles are an array of numbers, or a vector.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let _ = x.quantiles([0.5]);
}
