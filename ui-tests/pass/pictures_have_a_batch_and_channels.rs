//! Pictures are a batch with channels.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![3, 5, 5]>(), Cpu.ones::<Shape![8, 3, 3, 3]>());
    let y = x.unsqueeze::<0>().conv2d(&weight, Filter::<3>);
    println!("{}", y.eval());
}
