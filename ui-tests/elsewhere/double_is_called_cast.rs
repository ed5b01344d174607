//! Element types have no methods of their own.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
    let _ = x.double().eval();
}
