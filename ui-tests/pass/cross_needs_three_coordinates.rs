use congruent::prelude::*;

pub fn main() {
    let a = Cpu.zeros::<Shape![5, 3]>();
    let _ = a.cross(&a);
}
