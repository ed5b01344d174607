//! From 10 000 on a size is written `d!(50257)`.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.zeros::<(D<2>, D<50257>)>();
}
