//! A batch norm is made for the channels of its pictures.
use congruent::prelude::*;

pub fn main() {
    let norm = BatchNorm2d::<D<3>>::new();
    let x = Cpu.ones::<Shape![2, 3, 8, 8]>();
    println!("{:?}", norm.infer(|m| m.forward(&x).eval()));
}
