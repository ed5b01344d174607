//! The largest element is of numbers; truth values have `any`.
use congruent::prelude::*;

fn main() {
    let holds = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = holds.max().eval();
}
