//! Only `D<1>` stretches when a tensor is expanded.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![1, 3]>();
    let _ = x.expand(<Shape![5, 4, 3]>::default());
}
