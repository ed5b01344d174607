//! There is a patch for each place of the filter on the picture that comes out.
use congruent::prelude::*;

fn main() {
    let patches = Cpu.ones::<Shape![2, 18, 4]>();
    println!("{}", patches.fold2d((D::<5>, D::<4>), Filter::<3>).eval());
}
