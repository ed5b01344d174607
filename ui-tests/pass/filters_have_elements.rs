//! A filter has elements.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let weight = Cpu.ones::<Shape![5, 3, 1]>();
    println!("{}", x.conv1d(&weight, Same::<1>).eval());
}
