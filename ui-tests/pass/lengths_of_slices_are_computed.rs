use congruent::prelude::*;

pub fn main() {
    let x = Cpu.zeros::<Shape![3, 4]>();
    let y: Tensor<Shape![3, 3]> = x.slice(s![.., 1..]).eval();
    println!("{y}");
}
