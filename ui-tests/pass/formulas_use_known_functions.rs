//! A formula uses functions that every number type has.
use congruent::prelude::*;

elementwise! {
    /// Formulas of this program.
    pub trait Formulas;

    /// A formula uses functions that every number type has.
    Op: op(x) = x.exp(), for x in -3.0..3.0;
}

pub fn main() {
    let x = Cpu.ones::<Shape![2]>();
    let _ = x.op().eval();
}
