//! Channels are normalised in groups of one size.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 6, 4, 4]>();
    println!("{}", x.group_norm::<2>(1e-5).eval());
}
