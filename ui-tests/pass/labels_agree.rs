use congruent::prelude::*;

pub fn main() {
    let q = Cpu.ones::<Shape![2, 3, 4]>();
    let k = Cpu.ones::<Shape![2, 5, 4]>();
    let _ = einsum!("bqd, bkd -> bqk", &q, &k).eval();
}
