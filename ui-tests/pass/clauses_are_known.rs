//! The clauses of a row are four.
use congruent::prelude::*;

elementwise! {
    /// Formulas of this program.
    pub trait Formulas;

    /// The clauses of a row are four.
    Op: op(x) = x.floor(), flat, for x in -2.9..-2.1;
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = x.op().eval();
}
