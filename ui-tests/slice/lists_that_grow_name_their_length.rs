use congruent::prelude::*;

dims! { Batch = ? }

fn main() {
    let rows: Vec<Tensor<Shape![2]>> = (0..3).map(|_| Cpu.zeros()).collect();
    println!("{}", rows.stack::<0>().eval());
}
