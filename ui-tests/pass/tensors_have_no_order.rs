//! `>` answers with one `bool`, and tensors are compared element by element.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.gt(1.0).eval();
}
