//! Batches are made of numbers, tensors and tuples of them.
use congruent::prelude::*;

fn main() {
    let _ = ["a", "b"].into_iter().batches(D::<2>);
}
