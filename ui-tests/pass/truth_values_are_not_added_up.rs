//! Adding at indices is for numbers; writing is for all.
use congruent::prelude::*;

pub fn main() {
    let x = Cpu.tensor_of::<bool, _>([true, false]);
    let _ = x.index_copy::<0>(&Cpu.tensor([0]), &Cpu.tensor_of::<bool, _>([true]));
}
