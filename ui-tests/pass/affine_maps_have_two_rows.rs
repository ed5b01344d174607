//! A map of two coordinates is a matrix of two rows and three columns.
use congruent::prelude::*;

pub fn main() {
    let theta = Cpu.zeros::<Shape![2, 2, 3]>();
    println!("{}", theta.affine_grid2d((D::<4>, D::<4>), false).eval());
}
