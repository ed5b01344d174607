//! A filter is no longer than the picture with the zeros around it.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 9, 5]>(), Cpu.ones::<Shape![8, 3, 7, 7]>());
    let y = x.conv2d(&weight, Filter::<7, 2, 1>);
    println!("{}", y.eval());
}
