//! Only square matrices have a trace.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 3]>();
    let _ = x.trace().eval();
}
