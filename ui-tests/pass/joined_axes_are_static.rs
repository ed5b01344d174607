use congruent::prelude::*;

dims! { Old = ?, New = ?, Both = ? }

pub fn main() {
    let (x, y) = (Cpu.full((Old(3), D::<4>), 1.0f32), Cpu.full((New(2), D::<4>), 1.0f32));
    let both = x.concat_as::<0, _, _>(&y, Both).eval();
    println!("{}", both.len());
}
