//! The elements of a window are apart: a dilation of 1 is next to each other.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4, 4]>();
    println!("{}", x.max_pool2d(Pool::<2, 1, 0, 1>).eval());
}
