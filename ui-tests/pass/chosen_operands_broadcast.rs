//! What `where_` chooses from broadcasts with its mask.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 4]>();
    let y = Cpu.zeros::<Shape![4]>();
    let _ = x.gt(0.0).where_(&y, 0.0).eval();
}
