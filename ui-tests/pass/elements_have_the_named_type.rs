//! Elements of a literal have the type that is named.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor_of::<f64, _>([[1.0, 2.0]]);
}
