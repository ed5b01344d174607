//! A function is given the shape that it asks for.
use congruent::prelude::*;

fn softened<B: Dim>(x: impl Expr<(B, D<3>)>) -> Ex![(f32, Cpu); B, 3] {
    x.ex() * 0.5
}

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = softened(&x);
}
