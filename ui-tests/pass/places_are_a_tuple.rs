//! An adaptive pooling has places along each axis.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 8, 8]>();
    println!("{}", x.adaptive_max_pool2d((D::<2>, D::<2>)).eval());
}
