//! A floating-point number meets floating-point tensors.
use congruent::prelude::*;

pub fn main() {
    let ids = Cpu.tensor([1.0, 2.0, 3.0]);
    let _ = (2.0 * &ids).eval();
}
