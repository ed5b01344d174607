//! A recurrent layer takes sequences; one step is a cell's.
use congruent::prelude::*;

pub fn main() {
    let lstm = Lstm::<D<3>, D<8>>::new(Key::new(0));
    let x = Cpu.ones::<Shape![5, 3]>();
    let _ = lstm.infer(|m| m.forward(&x).eval());
}
