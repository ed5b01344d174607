//! The number of pairs is a product, which run-time dims do not have.
use congruent::prelude::*;

pub fn main() {
    let (left, right) = (Cpu.full((D::<2>,), 1), Cpu.full((D::<3>,), 2));
    let _ = left.cartesian_prod(&right);
}
