//! Only a layer with one weight has its weight normed.
use congruent::nn::WeightNorm;
use congruent::prelude::*;

pub fn main() {
    let layer = WeightNorm::<_, D<4>>::new(Linear::<D<4>, D<4>>::new(Key::new(0)));
    let _ = layer.count();
}
