use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let _ = einsum!("ij -> ji", &x).eval();
}
