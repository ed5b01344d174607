//! Tensors hold floats, integers of up to 64 bits, and truth values.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.full((D::<3>,), 7u8);
}
