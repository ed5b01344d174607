//! Only an axis that exists can be left out.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![1, 3]>();
    let _ = x.squeeze::<0>();
}
