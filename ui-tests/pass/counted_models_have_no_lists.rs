//! A list of any length has no constant number of parameters.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    blocks: [Linear<D<8>, D<8>, P>; 3],
    out: Linear<D<8>, D<2>, P>,
}

const _: () = assert!(Net::PARAMETERS < 1_000);

pub fn main() {}
