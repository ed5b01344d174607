//! A number beside integers is an integer.
use congruent::prelude::*;

pub fn main() {
    let ids = Cpu.tensor([1, 2]);
    let _ = (&ids * 2).eval();
}
