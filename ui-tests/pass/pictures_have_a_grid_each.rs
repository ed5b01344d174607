//! Each picture is sampled at the places of a grid of its own.
use congruent::{ops::GridSample, prelude::*};

pub fn main() {
    let (x, grid) = (Cpu.ones::<Shape![2, 3, 8, 8]>(), Cpu.zeros::<Shape![2, 4, 4, 2]>());
    println!("{}", x.grid_sample2d(&grid, GridSample::default()).eval());
}
