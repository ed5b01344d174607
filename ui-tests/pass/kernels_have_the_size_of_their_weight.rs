//! The last axes of a weight are the sizes of the filter.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 5, 5]>(), Cpu.ones::<Shape![8, 3, 3, 1]>());
    let y = x.conv2d(&weight, (Filter::<3>, Filter::<1>));
    println!("{}", y.eval());
}
