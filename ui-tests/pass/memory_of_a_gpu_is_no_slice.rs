//! Memory of a GPU is brought over before it is read.
#[cfg(feature = "cuda")]
use congruent::cuda::Cuda;
use congruent::prelude::*;

#[cfg(feature = "cuda")]
fn show(x: Tensor<Shape![3], f32, Cuda>) {
    println!("{:?}", x.to(&Cpu).as_slice());
}

pub fn main() {}
