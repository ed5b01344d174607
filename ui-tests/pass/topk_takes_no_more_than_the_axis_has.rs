//! The largest few of an axis are at most all of it.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.topk::<3, 1>();
}
