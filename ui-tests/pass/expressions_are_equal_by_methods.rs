//! `==` is of tensors as a whole.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(x.sum().item(), 10.0);
}
