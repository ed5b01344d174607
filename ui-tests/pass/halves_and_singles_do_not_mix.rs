//! 16-bit floats are converted by name, as all others are.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]).convert::<f16>();
    let y = Cpu.tensor([3.0, 4.0]);
    let _ = (x.cast::<f32>() + &y).eval();
}
