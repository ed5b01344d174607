//! A list of any length has no constant number of parameters.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    blocks: Vec<Linear<D<8>, D<8>, P>>,
    out: Linear<D<8>, D<2>, P>,
}

const _: () = assert!(Net::PARAMETERS < 1_000);

fn main() {}
