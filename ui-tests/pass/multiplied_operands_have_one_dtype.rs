use congruent::prelude::*;

pub fn main() {
    let x: Tensor<Shape![2, 3]> = Cpu.full((D, D), 1.0);
    let y: Tensor<Shape![3], f64> = Cpu.full((D,), 1.0);
    let _ = einsum!("ij, j -> ij", &x, y.cast::<f32>()).eval();
}
