//! Patches have as many elements as channels times the filter.
use congruent::prelude::*;

pub fn main() {
    let patches = Cpu.ones::<Shape![2, 18, 4]>();
    println!("{}", patches.fold2d((D::<4>, D::<4>), Filter::<3>).eval());
}
