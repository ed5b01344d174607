//! Queries, keys and values are floats.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones_of::<f64, _>((D::<7>, D::<8>));
    let _ = x.attention(&x, &x).eval();
}
