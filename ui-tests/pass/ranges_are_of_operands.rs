//! A range is of an operand of the row.
use congruent::prelude::*;

elementwise! {
    /// Formulas of this program.
    pub trait Formulas;

    /// A range is of an operand of the row.
    Op: op(x) = x * x, for x in -3.0..3.0;
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = x.op().eval();
}
