use congruent::prelude::*;

pub fn main() {
    let (x, y) = (Cpu.zeros::<Shape![2, 3]>(), Cpu.zeros::<Shape![4, 3]>());
    println!("{}", x.concat::<0, _>(&y).eval());
}
