use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 4]>();
    let y: Tensor<Shape![4]> = x.slice(s![2]).eval();
    println!("{y}");
}
