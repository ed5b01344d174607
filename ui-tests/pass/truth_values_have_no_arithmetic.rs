//! Arithmetic is for numbers.
use congruent::prelude::*;

pub fn main() {
    let holds = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = (&holds | &holds).eval();
}
