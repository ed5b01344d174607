//! The number of patches that only the run knows has a name.
use congruent::prelude::*;

dims! { Rows = ? }

fn main() {
    let x = Cpu.full((D::<2>, D::<3>, Rows(9), D::<5>), 1.0f32);
    println!("{}", x.unfold2d(Same::<3>).eval());
}
