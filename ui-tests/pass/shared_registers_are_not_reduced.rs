//! A value of `share` exists one element at a time.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let _ = (&x * 2.0).with(|x| x - x.mean_keepdim::<1>()).eval();
}
