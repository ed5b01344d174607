use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 1]>();
    let _ = rearrange!(&x, "h 1 -> h").eval();
}
