use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let (i, j) = (Cpu.tensor([0, 1]), Cpu.tensor([1, 2]));
    let _ = x.index_put((&i, &j), &Cpu.ones::<Shape![2, 4]>()).eval();
}
