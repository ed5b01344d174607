//! Twelve blocks one after the other: one graph type for all of them.

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
        let [a, b, c, d, e, f, g, h, i, j, k, l] = self.blocks;
        let x = self.tokens.forward(ids);
        let x = a.forward(x, mask);
        let x = b.forward(x, mask);
        let x = c.forward(x, mask);
        let x = d.forward(x, mask);
        let x = e.forward(x, mask);
        let x = f.forward(x, mask);
        let x = g.forward(x, mask);
        let x = h.forward(x, mask);
        let x = i.forward(x, mask);
        let x = j.forward(x, mask);
        let x = k.forward(x, mask);
        let x = l.forward(x, mask);
        self.norm.forward(x).matmul_t(self.tokens.weight)
    }
}

fn main() -> Result<(), Error> {
    let (ids, next, mask) = batch();
    let (loss, grads) = transformer().value_and_grad(|m| m.forward(&ids, &mask).cross_entropy(&next))?;
    println!("loss {loss}, first gradient {}", grads.tokens.weight.as_slice()[0]);
    Ok(())
}
