use congruent::prelude::*;
dims! { Batch = ?, Rows = ? }

pub fn main() {
    let x: Tensor<(Batch, D<4>)> = Cpu.full((Batch(2), D), 1.0);
    let _ = rearrange!(&x, "b t -> (b t)", (b t) = Rows(8)).eval();
}
