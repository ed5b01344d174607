//! Matrix products are for floating-point tensors.
use congruent::prelude::*;

fn main() {
    let ids = Cpu.tensor([[1, 2], [3, 4]]);
    let _ = ids.matmul(&ids).eval();
}
