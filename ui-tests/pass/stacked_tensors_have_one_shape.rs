use congruent::prelude::*;

pub fn main() {
    let (x, y) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([3.0, 4.0]));
    println!("{}", [&x, &y].stack::<0>().eval());
}
