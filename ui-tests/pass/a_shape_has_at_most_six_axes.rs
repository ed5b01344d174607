//! A shape is a tuple of at most six dims.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.zeros::<Shape![1, 2, 1, 2, 1, 2]>();
}
