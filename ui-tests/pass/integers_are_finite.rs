//! Integers are never NaN.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([[1, 2], [3, 4]]);
    let _ = x.convert::<f32>().is_nan().eval();
}
