//! Integers are equal or not.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1, 2], [3, 4]]);
    let _ = x.eq(&x).all();
}
