//! A mask of slices has the length of their axis.
use congruent::prelude::*;

pub fn main() {
    dims! { Kept = ? }
    let x = Cpu.zeros::<Shape![2, 3]>();
    let mask = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = x.compress::<0>(&mask, Kept).eval();
}
