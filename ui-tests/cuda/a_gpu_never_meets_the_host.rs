//! A tensor of a GPU and one of the host do not meet.
use congruent::cuda::Cuda;
use congruent::prelude::*;

fn add(x: Tensor<Shape![3], f32, Cuda>, y: Tensor<Shape![3]>) -> Tensor<Shape![3], f32, Cuda> {
    (&x + &y).eval()
}

fn main() {}
