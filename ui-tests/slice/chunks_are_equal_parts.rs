//! Chunks are equal parts: their number divides the axis.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![2, 7]>();
    let _ = x.chunk::<-1, 3>();
}
