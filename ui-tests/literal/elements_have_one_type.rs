//! Elements of a literal have one type.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.tensor([1.0, 2]);
}
