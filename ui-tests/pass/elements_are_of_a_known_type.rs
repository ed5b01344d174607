//! Tensors hold six element types.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.full((D::<3>,), 7u8);
}
