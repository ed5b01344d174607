//! Eighty pointwise operations in one fused region, whose type nests eighty deep.

use congruent::prelude::*;

dims! { pub Batch = ? }

fn main() {
    let x = Cpu.uniform((Batch(100),), Key::new(0), -1.0, 1.0);
    let y = Cpu.uniform((Batch(100),), Key::new(1), -1.0, 1.0);
    let x = &x * 1.0;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    let x = (x * 0.5 + &y).tanh() - 0.1;
    println!("{}", x.eval().as_slice()[0]);
}
