//! Strides along axes that the compiler counts are among the numbers of the table of dims.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 4]>(), Cpu.ones::<Shape![5, 3, 3]>());
    println!("{}", x.conv1d(&weight, Filter::<3, 1000, 1>).eval());
}
