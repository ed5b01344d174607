//! Powers stand in rows, one for each element of a vector.
use congruent::prelude::*;

pub fn main() {
    let _ = Cpu.tensor([1.0, 2.0]).vander(D::<3>);
}
