//! Transposed convolutions have filters of their own, whose numbers go on with output padding.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 4, 4]>(), Cpu.ones::<Shape![3, 8, 2, 2]>());
    println!("{}", x.conv_transpose2d(&weight, TransposedFilter::<2, 2>).eval());
}
