//! A filter has elements.
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let weight = Cpu.ones::<Shape![5, 3, 0]>();
    println!("{}", x.conv1d(&weight, Same::<0>).eval());
}
