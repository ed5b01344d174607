//! A model has no more parameters than its budget.
use congruent::prelude::*;

#[derive(Model)]
struct Net<P: Part = Weights> {
    hidden: Linear<D<784>, D<100>, P>,
    out: Linear<D<100>, D<10>, P>,
}

const _: () = assert!(Net::PARAMETERS < 100_000, "the budget is 100 000 parameters");

pub fn main() {}
