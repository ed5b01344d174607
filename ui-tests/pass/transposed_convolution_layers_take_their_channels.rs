//! A layer of a transposed convolution takes as many channels as it was made for.
use congruent::prelude::*;

pub fn main() {
    let layer = ConvTranspose2d::<D<3>, D<8>, TransposedFilter<2, 2>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![2, 3, 4, 4]>();
    println!("{:?}", layer.infer(|m| m.forward(&x).eval()));
}
