use congruent::prelude::*;

pub fn main() {
    let a = Cpu.ones::<Shape![2, 3, 4]>();
    let b = Cpu.ones::<Shape![2, 4, 5]>();
    let _ = einsum!("...ij, ...jk -> ...ik", &a, &b).eval();
}
