use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let _ = rearrange!(&x, "... c -> c").eval();
}
