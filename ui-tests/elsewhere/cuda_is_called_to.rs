//! A tensor goes to the device that a value names.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let _ = x.cuda();
}
