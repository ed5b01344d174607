//! Integers and floats are never mixed implicitly.
use congruent::prelude::*;

pub fn main() {
    let ids = Cpu.tensor([1, 2, 3]);
    let x = Cpu.tensor([1.0, 2.0, 3.0]);
    let _ = (&ids.convert::<f32>() + &x).eval();
}
