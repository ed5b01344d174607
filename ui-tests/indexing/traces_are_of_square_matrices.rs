//! Only square matrices have a trace.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.trace().eval();
}
