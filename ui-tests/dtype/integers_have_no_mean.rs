//! Reductions are for floating-point tensors.
use congruent::prelude::*;

fn main() {
    let ids = Cpu.tensor([1, 2, 3]);
    let _ = ids.mean().eval();
}
