//! Weights of classes are as many as there are classes.
use congruent::prelude::*;

pub fn main() {
    let (scores, labels) = (Cpu.zeros::<Shape![2, 3]>(), Cpu.tensor([0, 2]));
    let weights = Cpu.tensor([1.0, 2.0, 0.5]);
    let _ = scores.cross_entropy_by(&labels, &LabelRule::new().weight(&weights)).eval();
}
