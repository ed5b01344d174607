//! A window is not longer than its axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 4]>();
    let _ = x.unfold::<1, 4, 1>();
}
