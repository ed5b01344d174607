//! Only a layer with one weight has its weight normed.
use congruent::nn::WeightNorm;
use congruent::prelude::*;

fn main() {
    let layer = WeightNorm::<_, D<4>>::new(LayerNorm::<D<4>>::new());
    let _ = layer.count();
}
