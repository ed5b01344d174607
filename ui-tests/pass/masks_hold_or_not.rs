//! A mask is a condition, not a tensor of numbers.
use congruent::prelude::*;

pub fn main() {
    dims! { Kept = ? }
    let x = Cpu.tensor([1.0, 0.0]);
    let _ = x.masked_select(x.ne(0.0), Kept).eval();
}
