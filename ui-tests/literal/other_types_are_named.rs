//! `tensor` takes `f32` and `i64`; other element types are named by `tensor_of`.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.tensor([[1.0f64, 2.0]]);
}
