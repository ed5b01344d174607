//! Generic code says that its shapes have index arrays.
use congruent::prelude::*;
use congruent::tensor::IndexShape;

fn ones<S: IndexShape>(shape: S) -> Tensor<S> {
    Cpu.from_index_fn(shape, |_| 1.0)
}

pub fn main() {
    let _ = ones((D::<2>, D::<3>));
}
