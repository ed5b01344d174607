//! A shape as a value is a tuple of dims, not a list of numbers.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.arange(D::<2>);
    let _ = x.reshape((D::<2>, D::<1>)).relu().eval();
}
