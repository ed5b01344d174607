//! Truth values are equal or not: there is no order of them.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = x.ne(&x).count();
}
