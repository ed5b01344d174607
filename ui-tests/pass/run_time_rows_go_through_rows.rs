//! A `Vec` of rows has a run-time axis, which needs a name.
use congruent::prelude::*;

dims! { Batch = ? }

pub fn main() {
    let numbers = vec![[1.0, 2.0], [3.0, 4.0]];
    let _ = Cpu.rows(Batch, numbers);
    let _ = Batch(2);
}
