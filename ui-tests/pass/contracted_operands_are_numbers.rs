use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor_of::<u8, _>([[1, 0], [0, 1]]);
    let y = Cpu.tensor_of::<u8, _>([[1, 0], [0, 1]]);
    let _ = einsum!("ij, jk -> ik", &x, &y).eval();
}
