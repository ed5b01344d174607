//! What is repeated by counts has a count for each slice of the axis.
use congruent::prelude::*;

dims! { Copies = ? }

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0, 3.0]);
    let _ = x.repeat_interleave_each::<0>(&Cpu.tensor([2, 1, 0]), Copies);
}
