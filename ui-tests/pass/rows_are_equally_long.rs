//! Rows of a literal are equally long.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.tensor(, 4.0]]);
}
