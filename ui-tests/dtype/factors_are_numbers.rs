//! Matrix products are for numbers.
use congruent::prelude::*;

fn main() {
    let links = Cpu.tensor_of::<bool, _>([[true, false], [true, true]]);
    let _ = links.matmul(&links).eval();
}
