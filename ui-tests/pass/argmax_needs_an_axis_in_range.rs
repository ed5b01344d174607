//! Positions along an axis are of an axis that is there.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.argmax_axis::<-2>();
}
