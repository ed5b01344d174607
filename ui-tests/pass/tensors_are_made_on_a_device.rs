//! A tensor is made on a device.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([1.0, 2.0]);
}
