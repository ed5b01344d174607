//! Sizes of windows are among the numbers of the table of dims.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    println!("{}", x.max_pool1d(Pool::<2, 1>).eval());
}
