//! A parameter of a step is a variable, not a tensor.
use congruent::prelude::*;

pub fn main() {
    let w: Param<_> = Cpu.ones::<Shape![3]>().into();
    let _ = w.infer(|w| w.exp().eval().as_slice().len());
}
