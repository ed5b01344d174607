use congruent::prelude::*;

pub fn main() {
    let a = Cpu.zeros::<Shape![3, 1]>();
    let _ = a.matrix_norm();
}
