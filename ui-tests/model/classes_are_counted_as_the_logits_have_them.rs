//! The logits have another number of classes than are counted.
use congruent::metrics::Confusion;
use congruent::prelude::*;

fn main() -> Result<(), Error> {
    let logits = Cpu.zeros::<Shape![4, 10]>();
    let mut seen = Confusion::<D<9>>::new();
    seen.observe(&logits, &Cpu.tensor([0, 1, 2, 3]))
}
