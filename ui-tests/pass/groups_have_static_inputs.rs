//! Groups have inputs that the compiler knows.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 4, 5]>();
    let weight = Cpu.full((D::<4>, D::<2>, D::<3>), 1.0f32);
    println!("{}", x.conv1d(&weight, Groups::<_, 2>(Filter::<3>)).eval());
}
