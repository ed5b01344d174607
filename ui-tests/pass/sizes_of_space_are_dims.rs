//! The sizes that a picture is sampled anew to are types.
use congruent::{ops::Resample, prelude::*};

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 8, 8]>();
    println!("{}", x.interpolate2d((D::<16>, D::<16>), Resample::Nearest).eval());
}
