//! The diagonal by type is of a square; of other matrices it has a run-time length.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([[1.0, 2.0], [4.0, 5.0]]).diag();
}
