//! A transposed convolution cuts off less than it spreads.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 1, 4]>(), Cpu.ones::<Shape![3, 8, 2, 2]>());
    println!("{}", x.conv_transpose2d(&weight, TransposedFilter::<2, 2, 0>).eval());
}
