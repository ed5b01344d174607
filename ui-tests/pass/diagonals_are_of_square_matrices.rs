//! Only square matrices have a main diagonal here.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 3]>();
    let _ = x.diagonal();
}
