use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor([1.0, -2.0]);
    let _ = x.gt(0.0).where_(1.0, 0.0).eval();
}
