//! The window of a pooling is a type.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![1, 2, 6, 6]>();
    let _ = x.max_pool2d((Pool::<2>, Pool::<2>)).eval();
}
