//! What makes a tensor takes a shape of dims.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.full((D::<3>, D::<4>), 1.0);
}
