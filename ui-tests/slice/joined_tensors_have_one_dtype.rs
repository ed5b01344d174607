use congruent::prelude::*;

fn main() {
    let (x, y) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([3, 4]));
    println!("{}", x.concat::<0, _>(&y).eval());
}
