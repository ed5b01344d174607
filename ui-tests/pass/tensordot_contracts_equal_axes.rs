use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let y = Cpu.ones::<Shape![4, 5]>();
    let _ = x.tensordot::<1, _>(&y).eval();
}
