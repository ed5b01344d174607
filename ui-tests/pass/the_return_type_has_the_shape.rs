//! A function returns the shape that it promises.
use congruent::prelude::*;

fn product(x: &Tensor<Shape![2, 3]>, y: &Tensor<Shape![3, 5]>) -> Tensor<Shape![2, 5]> {
    x.matmul(y).eval()
}

pub fn main() {
    let _ = product(&Cpu.zeros(), &Cpu.zeros());
}
