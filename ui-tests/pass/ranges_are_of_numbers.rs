//! Counting needs numbers: `bool` is no element type of a range.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.arange_of::<u8, _>(D::<3>);
}
