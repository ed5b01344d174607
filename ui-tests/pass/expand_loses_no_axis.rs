//! Expanding never makes a shape smaller.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.expand(<Shape![2, 3]>::default());
}
