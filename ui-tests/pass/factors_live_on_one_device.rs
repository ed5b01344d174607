//! Factors of a product live on one device.
use congruent::prelude::*;

fn join<A: Device, B: Device>(x: &Tensor<Shape![2], f32, A>, y: &Tensor<Shape![2], f32, A>) -> Tensor<Shape![], f32, A> {
    x.matmul(y).eval()
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = join::<Cpu, Cpu>(&x, &x);
}
