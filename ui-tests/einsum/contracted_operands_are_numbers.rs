use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor_of::<bool, _>([[true, false], [false, true]]);
    let y = Cpu.tensor_of::<bool, _>([[true, false], [false, true]]);
    let _ = einsum!("ij, jk -> ik", &x, &y).eval();
}
