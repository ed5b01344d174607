//! What a mask chooses between is of one element type.
use congruent::prelude::*;

pub fn main() {
    let (x, y) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor_of::<f64, _>([1.0, 2.0]));
    println!("{}", y.gt(1.5).where_(&x, &x).eval());
}
