//! Each operand has a range for examples and tests.
use congruent::prelude::*;

elementwise! {
    /// Formulas of this program.
    pub trait Formulas;

    /// Each operand has a range for examples and tests.
    Op: op(x) = x * x, for x in -3.0..3.0;
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = x.op().eval();
}
