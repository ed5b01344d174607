//! The largest element is of numbers; truth values have `any`.
use congruent::prelude::*;

pub fn main() {
    let holds = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = holds.sum().eval();
}
