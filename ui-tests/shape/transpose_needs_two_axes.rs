//! A vector has no transpose.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![3]>();
    let _ = x.t();
}
