use congruent::prelude::*;

dims! { Steps = ?, Part = ? }

pub fn main() {
    let x = Cpu.full((Steps(8),), 1.0f32);
    let half = 8 / 2;
    println!("{}", x.slice(s![Part = half..]).eval());
}
