//! NumPy's `astype` is `cast`, which has a gradient, or `convert`.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.cast::<f64>().eval();
}
