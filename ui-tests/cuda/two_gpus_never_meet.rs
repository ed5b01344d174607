//! The second GPU is another device than the first.
use congruent::cuda::Cuda;
use congruent::prelude::*;

fn join(x: Tensor<Shape![2, 3], f32, Cuda<0>>, y: Tensor<Shape![3, 4], f32, Cuda<1>>) {
    let _ = x.matmul(&y).eval();
}

fn main() {}
