//! A `Vec` of rows has a run-time axis, which needs a name.
use congruent::prelude::*;

dims! { Batch = ? }

fn main() {
    let numbers = vec!rows(Batch, numbers);
    let _ = Batch(2);
}
