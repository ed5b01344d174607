//! A layer has a bias, or it says that it has none.
use congruent::prelude::*;

pub fn main() {
    let layer = Linear::<D<3>, D<2>, Weights, NoBias>::new(Key::new(0));
    let _ = layer.count();
}
