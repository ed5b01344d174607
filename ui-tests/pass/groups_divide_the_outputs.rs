//! The outputs of a convolution make up its groups.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 4, 5, 5]>(), Cpu.ones::<Shape![8, 1, 3, 3]>());
    let y = x.conv2d(&weight, Groups::<_, 4>(Filter::<3>));
    println!("{}", y.eval());
}
