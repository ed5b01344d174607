//! A model of a GPU reads batches that are there.
#[cfg(feature = "cuda")]
use congruent::cuda::Cuda;
use congruent::prelude::*;

#[cfg(feature = "cuda")]
fn scores(
    model: Linear<D<3>, D<2>, Weights<f32, Cuda>>,
    batch: Tensor<Shape![8, 3], f32, Cuda>,
) -> Result<Tensor<Shape![8, 2], f32, Cuda>, Error> {
    model.infer(|m| m.forward(&batch).eval())
}

pub fn main() {}
