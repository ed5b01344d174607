//! Elements of a literal have one type.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([1.0, 2.0]);
}
