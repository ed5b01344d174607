//! A stored mask is passed by reference, as every tensor.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let mask = x.gt(1.5).eval();
    println!("{}", x.masked_fill(&mask, 0.0).eval());
}
