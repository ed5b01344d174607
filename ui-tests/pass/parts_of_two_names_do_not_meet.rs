use congruent::prelude::*;

dims! { Steps = ?, Early = ?, Late = ? }

pub fn main() {
    let x = Cpu.full((Steps(8),), 1.0f32);
    println!("{}", (x.slice(s![Late = 1..]) - x.slice(s![Late = ..-1])).eval());
}
