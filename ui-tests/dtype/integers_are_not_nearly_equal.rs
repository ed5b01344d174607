//! Integers are equal or not.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([[1, 2], [3, 4]]);
    let _ = x.allclose(&x, 1e-5, 1e-8);
}
