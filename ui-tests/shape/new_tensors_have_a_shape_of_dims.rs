//! What makes a tensor takes a shape of dims.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.full((3, 4), 1.0);
}
