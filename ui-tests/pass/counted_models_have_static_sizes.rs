//! A model whose size only the run knows has no constant number of parameters.
use congruent::prelude::*;

dims! { Words = 50, Width = 16 }

#[derive(Model)]
struct Net<P: Part = Weights> {
    table: Embedding<Words, Width, P>,
    out: Linear<Width, D<2>, P>,
}

const _: () = assert!(Net::PARAMETERS < 100_000);

pub fn main() {}
