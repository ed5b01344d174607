use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, 0.0]);
    assert!(x.ne(0.0).any());
}
