use congruent::prelude::*;
dims! { Height = 28, Width = 28 }

pub fn main() {
    let x = Cpu.ones::<(Height, D<3>)>();
    let y = Cpu.ones::<(Height, D<5>)>();
    let _ = einsum!("row left, row right -> left right", &x, &y).eval();
}
