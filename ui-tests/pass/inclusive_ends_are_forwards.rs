//! Backwards, an end that belongs to the slice is written as the one behind it.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0, 3.0, 4.0]);
    println!("{}", x.slice(s![3..0; -1]).eval());
}
