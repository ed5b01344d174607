//! A triangle has rows and columns: the last two axes.
use congruent::prelude::*;

fn main() {
    let _ = Cpu.tensor([1.0, 2.0]).tril(0);
}
