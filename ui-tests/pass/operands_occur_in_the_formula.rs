//! Each operand occurs in the formula.
use congruent::prelude::*;

elementwise! {
    /// Formulas of this program.
    pub trait Formulas;

    /// Each operand occurs in the formula.
    Op: op(x, y) = x * y, for x in -3.0..3.0, y in 1.0..2.0;
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = x.op(&x).eval();
}
