//! `tensor` takes `f32` and `i64`; other element types are named by `tensor_of`.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor_of::<f64, _>([[1.0f64, 2.0]]);
}
