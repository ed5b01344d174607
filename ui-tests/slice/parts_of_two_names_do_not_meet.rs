use congruent::prelude::*;

dims! { Steps = ?, Early = ?, Late = ? }

fn main() {
    let x = Cpu.full((Steps(8),), 1.0f32);
    println!("{}", (x.slice(s![Late = 1..]) - x.slice(s![Early = ..-1])).eval());
}
