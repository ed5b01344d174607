//! A tensor is not equal to a number as a whole.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.eq(1.0).all();
}
