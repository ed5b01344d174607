//! An expression moves when it is used; `share` and `with` use a value twice.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let y = x.exp();
    let _ = y.share(|y| y + y).eval();
}
