//! Two run-time dims are two dims, whatever their sizes.
use congruent::prelude::*;

dims! { Batch = ?, Time = ? }

pub fn main() {
    let x: Tensor<_> = Cpu.full((Batch(8), D::<3>), 1.0);
    let y: Tensor<_> = Cpu.full((Batch(8), D::<3>), 1.0);
    let _ = (&x + &y).eval();
}
