//! Twelve blocks in a loop: one body type, whatever the depth.

#[path = "../block.rs"]
mod block;

use block::{Batch, Seq, Transformer, Vocab, batch, transformer};
use congruent::prelude::*;

impl<P: Forward> Transformer<P> {
    fn forward(
        self,
        ids: &Tensor<(Batch, Seq), i64, P::Dev>,
        mask: &Tensor<(Seq, Seq), P::Elem, P::Dev>,
    ) -> Ex![P; Batch, Seq, Vocab] {
        let x = P::scan(self.blocks, self.tokens.forward(ids), |block, x| block.forward(x, mask));
        self.norm.forward(x).matmul_t(self.tokens.weight)
    }
}

fn main() -> Result<(), Error> {
    let (ids, next, mask) = batch();
    let (loss, grads) = transformer().value_and_grad(|m| m.forward(&ids, &mask).cross_entropy(&next))?;
    println!("loss {loss}, first gradient {}", grads.tokens.weight.as_slice()[0]);
    Ok(())
}
