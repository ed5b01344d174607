//! A label is an index, and so an integer.
use congruent::prelude::*;

pub fn main() {
    let labels = Cpu.tensor([0, 2]);
    let _ = labels.one_hot(D::<3>);
}
