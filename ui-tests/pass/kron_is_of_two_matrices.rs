use congruent::prelude::*;

pub fn main() {
    let a = Cpu.zeros::<Shape![2, 3]>();
    let b = Cpu.zeros::<Shape![3, 1]>();
    let _ = a.kron(&b);
}
