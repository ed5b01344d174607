use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let _ = reduce!(&x, mean, "h w -> h").eval();
}
