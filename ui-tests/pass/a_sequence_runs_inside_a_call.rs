//! A tuple of layers runs in `value_and_grad` and `infer`.
use congruent::nn::Relu;
use congruent::prelude::*;

pub fn main() {
    let net = (Linear::<D<2>, D<3>>::new(Key::new(0)), Relu, Linear::<D<3>, D<1>>::new(Key::new(1)));
    let x = Cpu.tensor([[1.0, 2.0]]);
    let _ = net.infer(|net| net.forward(&x).eval());
}
