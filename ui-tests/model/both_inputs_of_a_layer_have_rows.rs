//! The inputs of a bilinear layer belong together, row by row.
use congruent::nn::Bilinear;
use congruent::prelude::*;

fn main() {
    let layer = Bilinear::<D<2>, D<3>, D<4>>::new(Key::new(0));
    let (x, z) = (Cpu.ones::<Shape![5, 2]>(), Cpu.ones::<Shape![6, 3]>());
    let _ = layer.infer(|m| m.forward(&x, &z).eval());
}
