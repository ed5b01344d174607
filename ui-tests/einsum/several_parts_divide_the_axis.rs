use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![20, 3]>();
    let _ = rearrange!(&x, "(h w d) c -> h w d c", h = D::<3>, w = D::<2>).eval();
}
