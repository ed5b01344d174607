//! A patch is no longer than the picture with the zeros around it.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 9, 5]>();
    println!("{}", x.unfold2d(Filter::<5>).eval());
}
