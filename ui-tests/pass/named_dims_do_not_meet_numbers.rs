//! A named dim is not the number that is its size.
use congruent::prelude::*;

dims! { Features = 784 }

pub fn main() {
    let x = Cpu.zeros::<Shape![2, Features]>();
    let bias = Cpu.zeros::<Shape![Features]>();
    let _ = (&x + &bias).eval();
}
