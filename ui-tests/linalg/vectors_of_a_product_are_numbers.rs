use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = x.outer(&x).eval();
}
