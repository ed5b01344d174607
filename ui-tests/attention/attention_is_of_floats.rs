//! Queries, keys and values are floats.
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones_of::<i64, _>((D::<7>, D::<8>));
    let _ = x.attention(&x, &x).eval();
}
