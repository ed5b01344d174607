//! Pixels are shuffled in pictures, or a batch of them.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![4, 4, 1]>();
    let _ = x.pixel_shuffle::<2>();
}
