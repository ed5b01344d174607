//! A tensor of a GPU and one of the host do not meet.
#[cfg(feature = "cuda")]
use congruent::cuda::Cuda;
use congruent::prelude::*;

#[cfg(feature = "cuda")]
fn add(x: Tensor<Shape![3], f32, Cuda>, y: Tensor<Shape![3], f32, Cuda>) -> Tensor<Shape![3], f32, Cuda> {
    (&x + &y).eval()
}

pub fn main() {}
