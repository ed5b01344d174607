//! A model of a GPU reads batches that are there.
use congruent::cuda::Cuda;
use congruent::prelude::*;

fn scores(
    model: Linear<D<3>, D<2>, Weights<f32, Cuda>>,
    batch: Tensor<Shape![8, 3]>,
) -> Result<Tensor<Shape![8, 2], f32, Cuda>, Error> {
    model.infer(|m| m.forward(&batch).eval())
}

fn main() {}
