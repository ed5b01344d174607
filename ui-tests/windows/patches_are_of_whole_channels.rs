//! Patches have as many elements as channels times the filter.
use congruent::prelude::*;

fn main() {
    let patches = Cpu.ones::<Shape![2, 10, 4]>();
    println!("{}", patches.fold2d((D::<4>, D::<4>), Filter::<3>).eval());
}
