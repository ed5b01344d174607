//! A moved axis goes to a place that exists.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3, 4]>();
    let _ = x.movedim::<0, 2>();
}
