//! A function over expressions takes a tensor by reference.
use congruent::prelude::*;

fn softened<B: Dim>(x: impl Expr<(B, D<3>)>) -> Tensor<(B, D<3>)> {
    (x.ex() * 0.5).eval()
}

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let _ = softened(&x);
}
