//! A grid over two axes of space has two coordinates at each place.
use congruent::{ops::GridSample, prelude::*};

fn main() {
    let (x, grid) = (Cpu.ones::<Shape![2, 3, 8, 8]>(), Cpu.zeros::<Shape![2, 4, 4, 3]>());
    println!("{}", x.grid_sample2d(&grid, GridSample::default()).eval());
}
