//! A dim of run-time size is a value by its size, also in a shape.
use congruent::prelude::*;

pub fn main() {
    dims! { Batch = ? }
    let _ = Cpu.full((Batch(2), D::<4>), 1.0);
}
