//! NumPy's `clip` is PyTorch's `clamp`.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.clamp(0.0, 1.0).eval();
}
