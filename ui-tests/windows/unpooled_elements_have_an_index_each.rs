//! Each element that is put back to a picture has an index.
use congruent::prelude::*;

fn main() {
    let x = Cpu.ones::<Shape![1, 1, 2, 2]>();
    let indices = Cpu.tensor([[[[0i64, 3, 5]]]]);
    println!("{}", x.max_unpool2d(&indices, (D::<4>, D::<4>)).eval());
}
