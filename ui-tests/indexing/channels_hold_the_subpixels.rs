//! Subpixels are channels: their number is divided by the scale twice.
use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![6, 4, 4]>();
    let _ = x.pixel_shuffle::<2>();
}
