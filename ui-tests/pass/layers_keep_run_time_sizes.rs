//! A convolution layer keeps axes whose size only the run knows.
use congruent::prelude::*;

dims! { Columns = ? }

pub fn main() {
    let layer = Conv2d::<D<3>, D<8>, Same<3>>::new(Key::new(0));
    let x = Cpu.full((D::<1>, D::<3>, D::<9>, Columns(9)), 1.0f32);
    println!("{}", layer.infer(|m| m.forward(&x).eval()).unwrap());
}
