//! Generic shapes multiply where a bound says so.
use congruent::prelude::*;

fn product<S: congruent::shape::MatMul<R, K: congruent::shape::InnerDim<S::Rows>>, R: Shape>(
    x: &Tensor<S>,
    y: &Tensor<R>,
) -> f32 {
    x.matmul(y).sum().eval().item()
}

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let y = Cpu.ones::<Shape![3, 4]>();
    let _ = product(&x, &y);
}
