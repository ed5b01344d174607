//! In generic code `D<N>` is a dim where a bound says so.
use congruent::prelude::*;

fn double<const N: usize>(x: &Tensor<Shape![D<N>]>) -> Tensor<Shape![D<N>]>
where
    D<N>: Dim,
{
    (x + x).eval()
}

pub fn main() {
    let _ = double(&Cpu.ones::<Shape![2]>());
}
