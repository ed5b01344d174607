use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 4]>();
    println!("{}", x.slice(s![0, 1]).eval());
}
