//! A formula speaks of operands and constants.
use congruent::prelude::*;

elementwise! {
    /// Formulas of this program.
    pub trait Formulas;

    /// A formula speaks of operands and constants.
    Op: op(x) = x * x, for x in -3.0..3.0;
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = x.op().eval();
}
