//! `diagonal` reads one matrix, not a batch of them.
use congruent::prelude::*;

dims! { Entries = ? }

pub fn main() {
    let _ = Cpu.tensor([[1.0, 2.0]]).diagonal_offset(1, Entries);
}
