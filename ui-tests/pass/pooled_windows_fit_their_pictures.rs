//! A window of a pooling is no longer than the picture.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 2, 2]>();
    println!("{}", x.max_pool2d(Pool::<2>).eval());
}
