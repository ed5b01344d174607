//! A pooling into parts says how many for each axis of space.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4, 4]>();
    println!("{}", x.adaptive_avg_pool2d((D::<2>, D::<2>)).eval());
}
