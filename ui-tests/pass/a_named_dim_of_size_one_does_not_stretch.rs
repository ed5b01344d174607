//! Only the literal `D<1>` stretches.
use congruent::prelude::*;

dims! { Channels = 1 }

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 4]>();
    let y = Cpu.zeros::<Shape![2, 1]>();
    let _ = (&x * &y).eval();
}
