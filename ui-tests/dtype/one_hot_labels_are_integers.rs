//! A label is an index, and so an integer.
use congruent::prelude::*;

fn main() {
    let labels = Cpu.tensor([0.0, 2.0]);
    let _ = labels.one_hot(D::<3>);
}
