//! Attention is called by its name, as a method of the queries.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 5, 8]>();
    let _ = x.attention(&x, &x).eval();
}
