//! error[E0200]: the trait `congruent::Device` requires an `unsafe impl` declaration
use congruent::prelude::*;

struct Mine;
impl Device for Mine {}

fn main() {
    let _ = Cpu.ones::<Shape![2]>();
}
