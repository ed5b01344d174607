//! Element types of queries and keys are never mixed implicitly.
use congruent::prelude::*;

pub fn main() {
    let q = Cpu.ones::<Shape![5, 8]>();
    let k = Cpu.ones_of::<f32, _>((D::<7>, D::<8>));
    let _ = q.attention(&k, &Cpu.ones::<Shape![7, 8]>()).eval();
}
