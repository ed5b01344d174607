//! Memory of a GPU is brought over before it is read.
use congruent::cuda::Cuda;
use congruent::prelude::*;

fn show(x: Tensor<Shape![3], f32, Cuda>) {
    println!("{:?}", x.as_slice());
}

fn main() {}
