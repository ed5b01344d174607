use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let y = Cpu.ones::<Shape![4, 5]>();
    let _ = einsum!("bij, jk -> bik", &x, &y).eval();
}
