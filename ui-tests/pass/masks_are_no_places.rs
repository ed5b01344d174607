//! A mask selects by a method, for the number of elements is known at run time.
use congruent::prelude::*;

pub fn main() {
    dims! { Found = ? }
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.masked_select(&x.gt(1.0).eval(), Found);
}
