//! There are as many values as keys.
use congruent::prelude::*;

fn main() {
    let q = Cpu.ones::<Shape![2, 5, 8]>();
    let k = Cpu.ones::<Shape![2, 7, 8]>();
    let v = Cpu.ones::<Shape![2, 6, 8]>();
    let _ = q.attention(&k, &v).eval();
}
