use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![12, 3]>();
    let _ = rearrange!(&x, "(h w) c -> h w c", h = D::<4>).eval();
}
