//! A generic shape has the axes that a bound gives it.
use congruent::prelude::*;

fn centred<S: congruent::shape::AxisAt<1>>(x: &Tensor<S>) -> Tensor<S> {
    (x - x.mean_keepdim::<1>()).eval()
}

pub fn main() {
    let _ = centred(&Cpu.ones::<Shape![2, 3]>());
}
