//! What is normalised by channels has a batch in front of them.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 6]>();
    println!("{}", x.instance_norm(1e-5).eval());
}
