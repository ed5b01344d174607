//! A view is of elements that lie in memory in order: a transpose is not.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.t().view((D::<6>,)).eval();
}
