//! A view is of elements that lie in memory in order: a transpose is not.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.t().reshape((D::<6>,)).eval();
}
