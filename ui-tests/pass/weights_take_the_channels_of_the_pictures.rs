//! A weight has as many inputs as the pictures have channels.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 5, 5]>(), Cpu.ones::<Shape![8, 3, 3, 3]>());
    let y = x.conv2d(&weight, Filter::<3>);
    println!("{}", y.eval());
}
