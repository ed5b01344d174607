//! Filters are of convolutions, windows of poolings: their strides differ where none is said.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4, 4]>();
    println!("{}", x.max_pool2d(Pool::<2>).eval());
}
