//! Whether elements hold is asked of truth values; a number is compared first.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([1.0, 0.0]);
    assert!(x.any());
}
