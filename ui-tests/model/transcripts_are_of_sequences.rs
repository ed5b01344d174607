//! Log-probabilities of sequences have an axis of batches, of time and of classes.
use congruent::ops::Ctc;
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![50, 28]>().log_softmax().eval();
    let labels = Cpu.zeros_of::<i64, _>((D::<1>, D::<10>));
    let (steps, counts) = (Cpu.full((D::<1>,), 50_i64), Cpu.full((D::<1>,), 0_i64));
    let _ = x.ctc(&labels, &steps, &counts, Ctc::default()).eval();
}
