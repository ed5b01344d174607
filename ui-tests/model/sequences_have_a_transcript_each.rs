//! Each sequence has a list of labels.
use congruent::ops::Ctc;
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![4, 50, 28]>().log_softmax().eval();
    let labels = Cpu.zeros_of::<i64, _>((D::<3>, D::<10>));
    let (steps, counts) = (Cpu.full((D::<4>,), 50_i64), Cpu.full((D::<4>,), 0_i64));
    let _ = x.ctc(&labels, &steps, &counts, Ctc::default()).eval();
}
