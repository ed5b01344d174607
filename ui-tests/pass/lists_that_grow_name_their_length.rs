use congruent::prelude::*;

dims! { Batch = ? }

pub fn main() {
    let rows: Vec<Tensor<Shape![2]>> = (0..3).map(|_| Cpu.zeros()).collect();
    println!("{}", rows.stack_as::<0, _>(Batch).eval());
}
