//! Interpolation is between as many points as there are values.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([0.5]);
    let _ = x.interp(&Cpu.tensor([0.0, 1.0, 2.0]), &Cpu.tensor([0.0, 1.0, 4.0]));
}
