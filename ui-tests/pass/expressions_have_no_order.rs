//! The number in a scalar is compared, not the expression.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.sum().item() > 1.0;
}
