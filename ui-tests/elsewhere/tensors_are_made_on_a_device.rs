//! A tensor is made on a device.
use congruent::prelude::*;

fn main() {
    let _ = Tensor::new([1.0, 2.0]);
}
