//! Rows of a literal are equally long, however deep.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.tensor(, 8.0]]]);
}
