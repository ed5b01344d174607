//! What runs along an axis has that axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.cumsum_axis::<1>();
}
