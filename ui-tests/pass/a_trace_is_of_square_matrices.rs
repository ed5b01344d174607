use congruent::prelude::*;

pub fn main() {
    let a = Cpu.zeros::<Shape![3, 3]>();
    let _ = a.trace();
}
