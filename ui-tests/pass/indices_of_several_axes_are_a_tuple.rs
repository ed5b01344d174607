use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3]>();
    let i = Cpu.tensor([0, 1]);
    let _ = x.index((&i,));
}
