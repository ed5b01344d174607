//! A register holds one element at a time.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = (&x * 2.0).with(|v| v * v.sort());
}
