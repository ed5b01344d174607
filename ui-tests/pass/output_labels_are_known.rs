use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let y = Cpu.ones::<Shape![3, 5]>();
    let _ = einsum!("ij, jk -> ik", &x, &y).eval();
}
