//! A vector has no transpose.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 2]>();
    let _ = x.t();
}
