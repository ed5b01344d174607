//! 16-bit floats are converted by name, as all others are.
use congruent::prelude::*;

fn main() {
    let x: Tensor<Shape![3], f16> = Cpu.full((D::<3>,), f16::ONE);
    let y = Cpu.tensor([1.0, 2.0, 3.0]);
    let _ = (&x + &y).eval();
}
