use congruent::prelude::*;

dims! { Rows = ?, Row = ? }

pub fn main() {
    let x = Cpu.full((Rows(3), D::<4>), 1.0f32);
    println!("{}", x.slice(s![Row = 2..3]).eval());
}
