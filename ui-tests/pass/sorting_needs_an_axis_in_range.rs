//! What is sorted along an axis has that axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.argsort_axis::<1>();
}
