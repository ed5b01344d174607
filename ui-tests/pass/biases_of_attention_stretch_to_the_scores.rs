//! A bias stretches to a row for each query and a column for each key.
use congruent::prelude::*;

pub fn main() {
    let q = Cpu.ones::<Shape![2, 5, 8]>();
    let k = Cpu.ones::<Shape![2, 7, 8]>();
    let v = Cpu.ones::<Shape![2, 7, 8]>();
    let far = Cpu.ones::<Shape![2, 1, 7]>();
    let _ = q.attention_with(&k, &v, Attend::all().bias(&far)).eval();
}
