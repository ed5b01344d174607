//! A vector has no triangle.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 3]>();
    let _ = x.tril(0).eval();
}
