//! Values are in the heads of their keys.
use congruent::prelude::*;

pub fn main() {
    let q = Cpu.ones::<Shape![2, 5, 8]>();
    let k = Cpu.ones::<Shape![2, 7, 8]>();
    let v = Cpu.ones::<Shape![2, 7, 8]>();
    let _ = q.attention(&k, &v).eval();
}
