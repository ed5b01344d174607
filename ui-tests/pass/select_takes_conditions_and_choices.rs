//! A case of `select` is a condition and a choice.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let _ = select(((x.gt(2.0), 1.0), (x.lt(2.0), 0.0)), 9.0);
}
