use congruent::prelude::*;

dims! { Batch = ?, Rest = ? }

pub fn main() {
    let x = Cpu.full((Batch(3), D::<4>), 1.0f32);
    println!("{}", x.slice(s![Rest = 1..]).eval());
}
