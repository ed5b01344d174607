use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![24, 3]>();
    let _ = rearrange!(&x, "(h w d) c -> h w d c", h = D::<3>, w = D::<2>).eval();
}
