//! Attention is called by its name, as a method of the queries.
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![2, 5, 8]>();
    let _ = x.scaled_dot_product_attention(&x, &x).eval();
}
