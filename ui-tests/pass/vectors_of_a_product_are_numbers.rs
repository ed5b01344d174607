use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor_of::<u8, _>([1, 0]);
    let _ = x.outer(&x).eval();
}
