//! A convolution layer takes pictures of its channels.
use congruent::prelude::*;

pub fn main() {
    let layer = Conv2d::<D<3>, D<8>, Same<3>>::new(Key::new(0));
    let y = layer.infer(|m| m.forward(&Cpu.ones::<Shape![2, 3, 5, 5]>()).eval());
    println!("{}", y.is_ok());
}
