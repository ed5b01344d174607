//! Both axes that are exchanged exist.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.transpose::<0, 1>();
}
