//! Gradients are values of one call.
use congruent::prelude::*;

pub fn main() {
    let model = Linear::<D<2>, D<1>>::new(Key::new(0));
    let mut optimizer = Sgd::new(&model, 0.1);
    optimizer.set_lr(0.01);
}
