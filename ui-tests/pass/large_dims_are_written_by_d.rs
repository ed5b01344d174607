//! From 10 000 on a size is written `d!(50257)`.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.zeros::<(D<2>, d!(50257))>();
}
