use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let _ = reduce!(&x, sum, "... c -> c").eval();
}
