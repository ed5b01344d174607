//! The body of `share` has the shape of the value.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![3]>();
    let y = Cpu.ones::<Shape![2, 3]>();
    let _ = (&x * 2.0).with(|x| x * x + &y).eval();
}
