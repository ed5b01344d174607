//! Rows are looked up by integers.
use congruent::prelude::*;

pub fn main() {
    let table = Cpu.zeros::<Shape![9, 4]>();
    let _ = table.gather(&Cpu.tensor([1, 2])).eval();
}
