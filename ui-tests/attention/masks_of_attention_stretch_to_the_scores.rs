//! A mask stretches to a row for each query and a column for each key.
use congruent::prelude::*;

fn main() {
    let q = Cpu.ones::<Shape![2, 5, 8]>();
    let k = Cpu.ones::<Shape![2, 7, 8]>();
    let v = Cpu.ones::<Shape![2, 7, 8]>();
    let seen = Cpu.tensor_of::<bool, _>([[true; 5]; 7]);
    let _ = q.attention_with(&k, &v, Attend::causal().mask(&seen)).eval();
}
