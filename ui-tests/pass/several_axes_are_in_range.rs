//! Each of several axes exists.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3, 4]>();
    let _ = x.sum_axes::<Axes![0, 2]>().eval();
}
