//! A reduction runs over an axis that exists.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![2, 3]>();
    let _ = x.mean_keepdim::<1>().eval();
}
