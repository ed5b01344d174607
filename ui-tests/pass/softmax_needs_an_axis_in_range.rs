//! Softmax runs along an axis that exists.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.softmax_axis::<-2>().eval();
}
