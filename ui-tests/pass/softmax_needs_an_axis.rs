//! A scalar has no last axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3]>();
    let _ = x.softmax().eval();
}
