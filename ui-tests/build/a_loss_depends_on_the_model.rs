//! A loss depends on the model; found when the program is built.
use congruent::nn::Linear;
use congruent::prelude::*;

fn main() {
    let layer = Linear::<D<784>, D<10>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![2, 784]>();
    let _ = layer.value_and_grad(|_| x.mean()).map(|(loss, _)| loss);
}
