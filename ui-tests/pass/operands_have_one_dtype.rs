//! Element types are never mixed implicitly.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 2.0]);
    let y = Cpu.tensor_of::<f32, _>([3.0, 4.0]);
    let _ = (&x + &y).eval();
}
