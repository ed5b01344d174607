//! Chunks are equal parts: their number divides the axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 6]>();
    let _ = x.chunk::<-1, 3>();
}
