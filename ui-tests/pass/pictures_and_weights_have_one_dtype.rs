//! Pictures and weights are of one element type.
use congruent::prelude::*;

pub fn main() {
    let (x, weight) = (Cpu.ones::<Shape![2, 3, 5, 5]>(), Cpu.full((D::<8>, D::<3>, D::<3>, D::<3>), 1.0f32));
    let y = x.conv2d(&weight, Filter::<3>);
    println!("{}", y.eval());
}
