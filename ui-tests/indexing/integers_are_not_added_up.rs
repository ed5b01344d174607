//! Adding at indices is for floating-point tensors; writing is for all.
use congruent::prelude::*;

fn main() {
    let x = Cpu.tensor([1, 2, 3]);
    let _ = x.index_add::<0>(&Cpu.tensor([0]), &Cpu.tensor([5]));
}
