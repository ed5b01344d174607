//! A category is drawn along the last axis, which a scalar does not have.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([1.0]).categorical(Key::new(1));
}
