//! Each of several axes is named once.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3, 4]>();
    let _ = x.sum_axes::<Axes![0, -1]>().eval();
}
