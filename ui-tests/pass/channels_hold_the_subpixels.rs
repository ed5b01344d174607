//! Subpixels are channels: their number is divided by the scale twice.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![8, 4, 4]>();
    let _ = x.pixel_shuffle::<2>();
}
