//! An axis is a dim, not a number's type.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.zeros::<(D<3>, D<2>)>();
}
