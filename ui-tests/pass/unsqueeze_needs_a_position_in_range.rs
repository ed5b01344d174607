//! A new axis goes where the result has a place for it.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.unsqueeze::<2>();
}
