//! A scalar has no last axis.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![]>();
    let _ = x.softmax().eval();
}
