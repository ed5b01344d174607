//! Queries are rows, one for each.
use congruent::prelude::*;

pub fn main() {
    let q = Cpu.ones::<Shape![1, 8]>();
    let k = Cpu.ones::<Shape![7, 8]>();
    let v = Cpu.ones::<Shape![7, 8]>();
    let _ = q.attention(&k, &v).eval();
}
