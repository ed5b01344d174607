//! A wrong argument to a function over any element type and device is one error, where it is passed.
use congruent::prelude::*;

dims! { Batch = ?, Pixels = 64, Colours = 3 }

fn centred<E: Real, D: Device, B: Dim>(x: Ex![(E, D); B, Pixels]) -> Ex![(E, D); B, Pixels] {
    x.with(|x| x - x.mean_keepdim::<1>())
}

pub fn main() {
    let images: Tensor<(Batch, Pixels)> = Cpu.ones_of::<f32, _>((Batch(2), Pixels));
    let y = centred(images.ex()) * 2.0;
    println!("{}", y.exp().eval());
}
