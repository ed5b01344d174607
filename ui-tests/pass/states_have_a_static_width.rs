//! The width of a state is static, for that of its gates is a multiple of it.
use congruent::prelude::*;

dims! { Hidden = 8 }

pub fn main() {
    let gru = Gru::<D<3>, Hidden>::new(Key::new(0));
    let _ = gru.infer(|m| m.forward(&Cpu.ones::<Shape![2, 5, 3]>()).eval());
}
