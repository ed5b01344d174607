//! Queries are in the heads of keys, or in one axis more of heads that share them.
use congruent::prelude::*;

fn main() {
    let q = Cpu.ones::<Shape![2, 6, 5, 8]>();
    let k = Cpu.ones::<Shape![2, 3, 7, 8]>();
    let v = Cpu.ones::<Shape![2, 3, 7, 8]>();
    let _ = q.attention(&k, &v).eval();
}
