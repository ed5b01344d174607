//! There is a patch for each place of the filter on the picture that comes out.
use congruent::prelude::*;

pub fn main() {
    let patches = Cpu.ones::<Shape![2, 18, 6]>();
    println!("{}", patches.fold2d((D::<5>, D::<4>), Filter::<3>).eval());
}
