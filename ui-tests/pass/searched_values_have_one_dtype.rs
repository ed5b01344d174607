//! What is searched for has the type of what is searched in.
use congruent::ops::order::Side;
use congruent::prelude::*;

pub fn main() {
    let sorted = Cpu.tensor([1.0, 2.0]);
    let _ = sorted.searchsorted(&Cpu.tensor([1.0, 2.0]), Side::Left);
}
