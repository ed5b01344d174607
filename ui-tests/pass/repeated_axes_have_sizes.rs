use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let _ = repeat!(&x, "h w -> h w c", c = D::<4>).eval();
}
