//! Log-probabilities of a transducer have an axis of labels beside that of time.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![1, 50, 10, 28]>().log_softmax().eval();
    let labels = Cpu.full((D::<1>, D::<10>), 1_i64);
    let (steps, counts) = (Cpu.full((D::<1>,), 50_i64), Cpu.full((D::<1>,), 9_i64));
    let _ = x.rnnt(&labels, &steps, &counts, 0).eval();
}
