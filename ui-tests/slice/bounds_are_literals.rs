use congruent::prelude::*;

fn main() {
    let x = Cpu.zeros::<Shape![3, 4]>();
    let end = 2;
    println!("{}", x.slice(s![0..end]).eval());
}
