use congruent::prelude::*;

pub fn main() {
    let x = Cpu.ones::<Shape![2, 3, 4]>();
    let y = Cpu.ones::<Shape![3, 4]>();
    let _ = x.tensordot::<2, _>(&y).eval();
}
