//! A permutation leaves no axis out.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3, 4]>();
    let _ = x.permute::<Axes![0, 1, 2]>();
}
