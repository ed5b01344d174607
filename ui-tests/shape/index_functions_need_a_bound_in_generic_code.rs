//! Generic code says that its shapes have index arrays.
use congruent::prelude::*;

fn ones<S: Shape>(shape: S) -> Tensor<S> {
    Cpu.from_index_fn(shape, |_| 1.0)
}

fn main() {
    let _ = ones((D::<2>, D::<3>));
}
