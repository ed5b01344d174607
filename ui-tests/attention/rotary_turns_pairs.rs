//! Pairs of features are turned: their number is even.
use congruent::nn::Rotary;
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![2, 5, 7]>();
    let _ = x.apply(Rotary { base: 10_000.0, from: 0 }).eval();
}
