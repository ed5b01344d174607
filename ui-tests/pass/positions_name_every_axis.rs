//! A position has an index for each axis.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let ids = Cpu.tensor([0, 1]);
    let _ = x.index_put((&ids, &ids), &Cpu.tensor([5.0, 6.0]));
}
