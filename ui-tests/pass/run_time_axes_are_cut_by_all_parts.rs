use congruent::prelude::*;
dims! { Rows = ?, Batch = ? }

pub fn main() {
    let x: Tensor<(Rows, D<4>)> = Cpu.full((Rows(6), D), 1.0);
    let _ = rearrange!(&x, "(b t) c -> b t c", b = Batch(2), t = D::<3>).eval();
}
