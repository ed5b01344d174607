//! Flattened axes are static: the product of run-time sizes has no name.
use congruent::prelude::*;

dims! { Batch = ?, Tokens = ? }

pub fn main() {
    let x = Cpu.full((Batch(2), Tokens(3), D::<4>), 1.0);
    let _ = x.flatten::<2>();
}
