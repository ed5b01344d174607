//! How many numbers there are is a dim, for the shape is a type.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.arange(D::<5>);
}
