//! A value of `share` is no matrix.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 2]>();
    let _ = (&x * 2.0).with(|x| x.matmul(x)).eval();
}
