//! The channels of a convolution layer make up its groups.
use congruent::prelude::*;

pub fn main() {
    let layer = Conv2d::<D<4>, D<8>, Groups<Same<3>, 4>>::new(Key::new(0));
    println!("{}", layer.count());
}
