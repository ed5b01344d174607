//! `==` is of tensors as a whole.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(x.sum(), 10.0);
}
