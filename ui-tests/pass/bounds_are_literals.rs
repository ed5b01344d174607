use congruent::prelude::*;

dims! { Part = ? }

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 4]>();
    let end = 2;
    println!("{}", x.slice(s![Part = 0..end]).eval());
}
