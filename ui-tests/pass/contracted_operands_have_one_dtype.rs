use congruent::prelude::*;

pub fn main() {
    let x: Tensor<Shape![2, 3]> = Cpu.full((D, D), 1.0);
    let y: Tensor<Shape![3, 4], f64> = Cpu.full((D, D), 1.0);
    let _ = einsum!("ij, jk -> ik", &x, y.cast::<f32>()).eval();
}
