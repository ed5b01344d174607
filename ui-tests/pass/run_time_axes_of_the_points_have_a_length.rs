use congruent::prelude::*;
dims! { Batch = ?, Rows = ? }

pub fn main() {
    let x: Tensor<(Batch, D<4>, D<2>)> = Cpu.full((Batch(2), D, D), 1.0);
    let _ = rearrange!(&x, "... c -> (...) c", (...) = Rows(8)).eval();
}
