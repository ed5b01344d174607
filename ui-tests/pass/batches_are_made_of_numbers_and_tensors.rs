//! Batches are made of numbers, tensors and tuples of them.
use congruent::prelude::*;

pub fn main() {
    let _ = [1, 2].into_iter().batches(D::<2>);
}
